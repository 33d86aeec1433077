package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"aftersales/internal/app"
	"aftersales/internal/auth"
	"aftersales/internal/merchants"
	"aftersales/internal/orders"
	"aftersales/internal/orders/shopify"
	"aftersales/internal/problem"
)

// importOrders streams a CSV file in the columns of Shopify's order export into one merchant's orders. What cannot be
// taken goes to the refused file with line, column and reason; mended, that file can be imported again.
func (c *cli) importOrders(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("import", flag.ContinueOnError)
	merchant := fs.String("merchant", "", "the merchant's slug or id")
	refusedPath := fs.String("refused", "", "where refused rows go; default FILE.refused.csv")
	if err := c.parse(fs, args, 1); err != nil {
		return err
	}
	path := fs.Arg(0)
	if *merchant == "" {
		return errors.New("import: --merchant is required")
	}
	if *refusedPath == "" {
		*refusedPath = strings.TrimSuffix(path, ".csv") + ".refused.csv"
	}
	in, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer func() { _ = in.Close() }() // it is only read
	a, err := app.Open(ctx, c.cfg, c.log, app.Options{})
	if err != nil {
		return err
	}
	summary, err := c.runImport(ctx, a, *merchant, in, *refusedPath)
	if err := errors.Join(err, a.Close()); err != nil {
		return err
	}
	if summary.Refused > 0 {
		return fmt.Errorf("%d orders were refused; see %s", summary.Refused, *refusedPath)
	}
	return nil
}

func (c *cli) runImport(ctx context.Context, a *app.App, merchant string, in io.Reader, refusedPath string) (shopify.Summary, error) {
	ctx, err := a.Merchants.Scope(auth.AsSystem(ctx, ""), &merchant)
	if problem.Is(err, problem.NotFound) {
		return shopify.Summary{}, fmt.Errorf("import: %w: %s", merchants.ErrUnknown, merchant)
	}
	if err != nil {
		return shopify.Summary{}, err
	}
	refused := &lazyFile{path: refusedPath}
	im := shopify.Importer{Write: writer(a.Orders), Progress: c.progress()}
	summary, err := im.Run(ctx, in, refused)
	if err := errors.Join(err, refused.Close()); err != nil {
		return summary, fmt.Errorf("import: %w", err)
	}
	if isTerminal(c.err) {
		fmt.Fprintln(c.err)
	}
	fmt.Fprintf(c.out, "%d rows, %d orders: %d created, %d updated, %d unchanged, %d refused\n",
		summary.Rows, summary.Orders, summary.Created, summary.Updated, summary.Unchanged, summary.Refused)
	return summary, nil
}

func writer(s *orders.Service) func(context.Context, []orders.Input) ([]shopify.Outcome, error) {
	return func(ctx context.Context, batch []orders.Input) ([]shopify.Outcome, error) {
		results, err := s.Import(ctx, batch)
		if err != nil {
			return nil, err
		}
		out := make([]shopify.Outcome, len(results))
		for i, r := range results {
			if r.Result != orders.Refused {
				out[i].Result = string(r.Result)
				continue
			}
			for _, p := range problem.All(r.Err) {
				out[i].Reasons = append(out[i].Reasons, strings.TrimSpace(strings.Join(p.Field, ".")+" "+p.Message.EN))
			}
		}
		return out, nil
	}
}

// progress shows a line that is written over on a terminal, and nothing elsewhere.
func (c *cli) progress() func(shopify.Summary) {
	if !isTerminal(c.err) {
		return nil
	}
	return func(s shopify.Summary) {
		fmt.Fprintf(c.err, "\r%d rows, %d orders, %d refused", s.Rows, s.Orders, s.Refused)
	}
}

// lazyFile comes into being with its first byte: no refusals, no file.
type lazyFile struct {
	path string
	file *os.File
}

func (f *lazyFile) Write(p []byte) (int, error) {
	if f.file == nil {
		file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return 0, err
		}
		f.file = file
	}
	return f.file.Write(p)
}

func (f *lazyFile) Close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

// Package command is the program's command line: serve (the default), migrate, import, token and version.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"aftersales/internal/app"
	"aftersales/internal/auth"
	"aftersales/internal/clock"
	"aftersales/internal/config"
	"aftersales/internal/telemetry"
)

const usage = `aftersales: the after-sales backend

Usage:
  aftersales [serve] [--reset]                    serve; with nothing configured a demo on embedded SQLite
                                                  (--reset starts the demo over)
  aftersales migrate                              bring the database to the newest version and stop
  aftersales import --merchant SLUG FILE.csv      import orders in the columns of Shopify's order export
            [--refused FILE]
  aftersales token --role ROLE [--merchant SLUG] [--customer ID] [--subject NAME] [--ttl 24h]
                                                  print a token signed with the configured or embedded secret
  aftersales version                              print the version
`

// errUsage is a command line that makes no sense; its text was printed already.
var errUsage = errors.New("usage")

// cli is one run of the program.
type cli struct {
	out, err io.Writer
	cfg      config.Config
	log      *slog.Logger
}

// Run carries out a command line and returns the exit status: 0 done, 1 failed, 2 not understood.
func Run(ctx context.Context, args []string, out, errOut io.Writer) int {
	name := "serve"
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		name, args = args[0], args[1:]
	} else if len(args) > 0 && (args[0] == "-h" || args[0] == "--help" || args[0] == "-help") {
		name = "help"
	}
	c := &cli{out: out, err: errOut}
	commands := map[string]func(context.Context, []string) error{
		"serve": c.serve, "migrate": c.migrate, "import": c.importOrders, "token": c.token,
	}
	var err error
	switch run, known := commands[name]; {
	case name == "version":
		fmt.Fprintln(out, Version())
	case name == "help":
		fmt.Fprint(out, usage, "\nEnvironment:\n")
		err = config.Describe(out)
	case !known:
		fmt.Fprintf(errOut, "unknown command %q\n\n%s", name, usage)
		err = errUsage
	default:
		if c.cfg, err = config.Load(config.Environ()); err == nil {
			c.log = telemetry.NewLogger(errOut, c.cfg.LogLevel, c.cfg.LogFormat)
			if c.cfg.MemoryLimit > 0 {
				debug.SetMemoryLimit(int64(c.cfg.MemoryLimit) << 20)
			}
			err = run(ctx, args)
		}
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage), errors.Is(err, flag.ErrHelp):
		return 2
	default:
		fmt.Fprintln(errOut, err)
		return 1
	}
}

// Version is the module's version, or the revision it was built from.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return info.Main.Version + " " + s.Value
		}
	}
	return info.Main.Version
}

// parse reads a command's flags and checks how many arguments follow them.
func (c *cli) parse(fs *flag.FlagSet, args []string, want int) error {
	fs.SetOutput(c.err)
	if err := fs.Parse(args); err != nil {
		return errUsage
	}
	if fs.NArg() != want {
		fmt.Fprintf(c.err, "%s: %d arguments expected, %d given\n\n%s", fs.Name(), want, fs.NArg(), usage)
		return errUsage
	}
	return nil
}

func (c *cli) migrate(ctx context.Context, args []string) error {
	if err := c.parse(flag.NewFlagSet("migrate", flag.ContinueOnError), args, 0); err != nil {
		return err
	}
	a, err := app.Open(ctx, c.cfg, c.log, app.Options{})
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, "the database is at the newest version")
	return a.Close()
}

func (c *cli) token(_ context.Context, args []string) error {
	fs := flag.NewFlagSet("token", flag.ContinueOnError)
	role := fs.String("role", "", "the role, such as AGENT")
	merchant := fs.String("merchant", "", "the merchant's slug or id; none for PLATFORM_ADMIN")
	customer := fs.String("customer", "", "the customer's external id, for CUSTOMER")
	subject := fs.String("subject", "", "who it is; default the role in lower case")
	ttl := fs.Duration("ttl", 24*time.Hour, "how long the token is good for, at most 8760h")
	if err := c.parse(fs, args, 0); err != nil {
		return err
	}
	r, ok := auth.ParseRole(*role)
	if !ok {
		return fmt.Errorf("--role must be one of %v", auth.Roles())
	}
	if *ttl <= 0 || *ttl > 8760*time.Hour {
		return errors.New("--ttl must be from 1s to 8760h")
	}
	secret := []byte(c.cfg.JWTSecret.Reveal())
	if c.cfg.Embedded() {
		s, err := config.EmbeddedSecret(c.cfg.DataDir)
		if err != nil {
			return err
		}
		secret = []byte(s)
	}
	if len(secret) == 0 {
		return errors.New("tokens can be signed only with a secret of our own (AFTERSALES_JWT_SECRET); with a key set ask its issuer")
	}
	if *subject == "" {
		*subject = defaultSubject(r, *customer)
	}
	now := clock.Real()
	t, err := auth.Sign(secret, c.cfg.JWTIssuer, auth.Claims{Subject: *subject, Role: r, Merchant: *merchant, Customer: *customer, ExpiresAt: now.Add(*ttl)}, now)
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, t)
	return nil
}

func defaultSubject(r auth.Role, customer string) string {
	if r == auth.Customer {
		return customer
	}
	return "demo-" + string(r)
}

func isTerminal(f io.Writer) bool {
	file, ok := f.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

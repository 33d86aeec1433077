package e2e

import (
	"sync"
	"testing"
	"time"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
	"aftersales/internal/problem"
)

const upsertFee = `mutation($in: FeeUpsertInput!) { feeUpsert(input: $in) { fee { id code name basis amount { amount currency } legalReference validFrom validTo } userErrors { code field message } } }`

func feeOf(code, amount, from, to string) apptest.Vars {
	in := apptest.Vars{"code": code, "name": "Repacking", "basis": "each parcel that has to be packed anew", "amount": amount,
		"legalReference": "Price Law art. 13", "validFrom": from}
	if to != "" {
		in["validTo"] = to
	}
	return apptest.Vars{"in": in}
}

// MALL-2.3d: fees stand in a published schedule with basis, amount, legal reference and the days on which they hold; on no
// day are there two answers to what a fee is.
func TestFeeSchedule(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		fee := sub(t, s.Admin.Must(upsertFee, feeOf("REPACK", "5.00", "2025-01-01", "2025-06-30")), "feeUpsert.fee")
		is(t, "amount", amount(fee, "amount"), "5.00 CNY")
		is(t, "law", fee.Str("legalReference"), "Price Law art. 13")
		is(t, "days", fee.Str("validFrom")+".."+fee.Str("validTo"), "2025-01-01..2025-06-30")
		again := sub(t, s.Admin.Must(upsertFee, feeOf("REPACK", "6.00", "2025-01-01", "2025-06-30")), "feeUpsert.fee")
		is(t, "the same entry", again.Str("id"), fee.Str("id"))
		s.Admin.Must(upsertFee, feeOf("REPACK", "8.00", "2025-07-01", ""))
		s.Admin.Must(upsertFee, feeOf("CLEAN", "0", "2025-03-01", ""))

		for _, tc := range []struct {
			name, field string
			vars        apptest.Vars
		}{
			{"small letters", "input.code", feeOf("repack", "1.00", "2025-01-01", "")},
			{"no code", "input.code", feeOf("", "1.00", "2025-01-01", "")},
			{"no name", "input.name", with(feeOf("X", "1.00", "2025-01-01", ""), "name", " ")},
			{"no basis", "input.basis", with(feeOf("X", "1.00", "2025-01-01", ""), "basis", "")},
			{"no law", "input.legalReference", with(feeOf("X", "1.00", "2025-01-01", ""), "legalReference", "")},
			{"below 0", "input.amount", feeOf("X", "-0.01", "2025-01-01", "")},
			{"too many decimals", "input.amount", feeOf("X", "0.001", "2025-01-01", "")},
			{"ends before it begins", "input.validTo", feeOf("X", "1.00", "2025-01-02", "2025-01-01")},
			{"while another holds", "input.validFrom", feeOf("REPACK", "9.00", "2025-06-30", "2025-06-30")},
			{"until another begins", "input.validFrom", feeOf("REPACK", "9.00", "2024-01-01", "")},
			{"after one without an end", "input.validFrom", feeOf("REPACK", "9.00", "2026-01-01", "")},
			{"an entry stretched into the next", "input.validFrom", feeOf("REPACK", "6.00", "2025-01-01", "2025-07-01")},
		} {
			t.Run(tc.name, func(t *testing.T) {
				refusedAs(t, s.Admin.Refused(upsertFee, tc.vars), "INVALID_INPUT", tc.field)
			})
		}

		codes := func(c apptest.Caller, vars apptest.Vars) (out []string) {
			for _, f := range c.Must(`query($on: Date, $m: ID) { fees(on: $on, merchant: $m) { code amount { amount } } }`, vars).List("fees") {
				out = append(out, f.Str("code")+" "+f.Str("amount.amount"))
			}
			return out
		}
		is(t, "the whole schedule", codes(s.Agent, nil), []string{"CLEAN 0.00", "REPACK 6.00", "REPACK 8.00"})
		for on, want := range map[string][]string{"2025-02-28": {"REPACK 6.00"}, "2025-03-01": {"CLEAN 0.00", "REPACK 6.00"},
			"2025-06-30": {"CLEAN 0.00", "REPACK 6.00"}, "2025-07-01": {"CLEAN 0.00", "REPACK 8.00"}, "2024-12-31": nil} {
			is(t, "customers on "+on, codes(s.Customer, apptest.Vars{"on": on}), want)
		}
		is(t, "the platform", codes(e.Platform(), apptest.Vars{"m": s.Slug}), []string{"CLEAN 0.00", "REPACK 6.00", "REPACK 8.00"})
		node := s.Customer.Must(`query($id: ID!) { node(id: $id) { ... on Fee { code amount { amount currency } } } }`, apptest.Vars{"id": fee.Str("id")})
		is(t, "by id", node.Str("node.code")+" "+amount(node, "node.amount"), "REPACK 6.00 CNY")

		other := e.Sandbox("other", "2025-03-11T10:15:00+08:00")
		is(t, "another merchant's", len(codes(other.Agent, nil)), 0)
		is(t, "another merchant's by id", other.Admin.Must(`query($id: ID!) { node(id: $id) { id } }`, apptest.Vars{"id": fee.Str("id")}).Get("node"), nil)
		for _, c := range []apptest.Caller{s.Customer, s.Agent, s.Finance, s.Supervisor, s.Integration} {
			if r := c.Do(upsertFee, feeOf("X", "1.00", "2025-01-01", "")); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("written by somebody who may not: %s", r.Raw)
			}
		}
	})
}

// Two entries that hold on the same days, written at the same moment: one of them is refused.
func TestFeesWrittenAtOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		var wg sync.WaitGroup
		answers := make([]apptest.Response, 4)
		for i := range answers {
			wg.Go(func() {
				answers[i] = s.Admin.Do(upsertFee, feeOf("REPACK", "5.00", "2025-01-0"+ftoa(i+1), ""))
			})
		}
		wg.Wait()
		written := 0
		for _, r := range answers {
			if len(r.Errors) > 0 {
				t.Fatal(r.Raw)
			}
			if apptest.ParseData(t, r.Data).Get("feeUpsert.fee") != nil {
				written++
			}
		}
		is(t, "written", written, 1)
		is(t, "in the schedule", len(s.Agent.Must(`{ fees(on: "2025-02-01") { id } }`, nil).List("fees")), 1)
	})
}

// MALL-2.3d: a fee is cited by the day in the merchant's zone. 2025-06-30T16:00:00Z is the first of July in Shanghai.
func TestFeeOfADay(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		s.Admin.Must(upsertFee, feeOf("REPACK", "6.00", "2025-01-01", "2025-06-30"))
		s.Admin.Must(upsertFee, feeOf("REPACK", "8.00", "2025-07-01", ""))
		ctx := auth.AsSystem(t.Context(), s.ID)
		m, err := e.App.Cases.Merchant(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for at, want := range map[string]int64{"2025-06-30T15:59:59Z": 600, "2025-06-30T16:00:00Z": 800} {
			fee, err := e.App.Cases.FeeOn(ctx, m, "REPACK", utc(t, at))
			if err != nil {
				t.Fatal(err)
			}
			is(t, at, fee.Amount, want)
		}
		for code, at := range map[string]string{"REPACK": "2024-12-31T15:59:59Z", "OTHER": "2025-06-30T16:00:00Z"} {
			if fee, err := e.App.Cases.FeeOn(ctx, m, code, utc(t, at)); !problem.Is(err, problem.InvalidInput) {
				t.Errorf("%s at %s: %v, %v", code, at, fee, err)
			}
		}
	})
}

func utc(t testing.TB, instant string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

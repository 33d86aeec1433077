package store_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"aftersales/ent"
	"aftersales/ent/customer"
	"aftersales/ent/returnaddress"
	"aftersales/ent/servicecase"
	"aftersales/ent/staff"
	"aftersales/internal/apptest"
	"aftersales/internal/auth"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// entities calls fn with the name of every entity and a query of the ids a context sees, so that an entity added later is
// looked at as well.
func entities(c *ent.Client, fn func(name string, ids func(context.Context) ([]string, error))) {
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		query := v.Field(i).MethodByName("Query")
		if !v.Type().Field(i).IsExported() || !query.IsValid() {
			continue
		}
		fn(v.Type().Field(i).Name, func(ctx context.Context) ([]string, error) {
			out := query.Call(nil)[0].MethodByName("IDs").Call([]reflect.Value{reflect.ValueOf(ctx)})
			err, _ := out[1].Interface().(error)
			ids, _ := out[0].Interface().([]string)
			return ids, err
		})
	}
}

// seen collects what every entity's query gives in a context; an error is the test's.
func seen(t *testing.T, c *ent.Client, ctx context.Context) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	entities(c, func(name string, ids func(context.Context) ([]string, error)) {
		found, err := ids(ctx)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		slices.Sort(found)
		out[name] = found
	})
	return out
}

// filled makes a merchant with something in every table: returns of the customers c-1 and c-2, one of them refunded, and
// an audited read.
func filled(e *apptest.Env, slug string) *apptest.Shop {
	const clock = "2025-09-24T10:00:00+08:00"
	s := e.Sandbox(slug, clock)
	for i, who := range []string{"c-1", "c-2"} {
		line := apptest.Line{SKU: "KETTLE", Quantity: 2, UnitPrice: "99.00", Delivered: "2025-09-22T10:00:00+08:00"}
		o := s.OrderOf(who, fmt.Sprintf("N%d", i), clock, nil, line)
		s.Customer = e.As(auth.Customer, slug, who)
		ret := s.Request(o, "RETURN_AND_REFUND", 1)
		s.Customer.Must(`mutation($id: ID!, $k: String!) { caseMessageAdd(id: $id, idempotencyKey: $k, text: "Hello.") { userErrors { code } } caseEvidenceAdd(id: $id, idempotencyKey: $k, input: { kind: PHOTO, url: "https://photos.example/1.jpg" }) { userErrors { code } } }`,
			apptest.Vars{"id": ret, "k": s.Key()})
		s.ToInspected(ret)
		s.Confirm(s.Refund(ret))
		s.Agent.Must(`query($id: ID!) { return(id: $id) { customer { phone } } }`, apptest.Vars{"id": ret})
		beside(e, s.ID, ret)
	}
	s.Customer = e.As(auth.Customer, slug, "c-1")
	s.Admin.Must(`mutation { policyPublish(input: { text: "We keep our word." }) { servicePolicy { version } userErrors { code } } }`, nil)
	return s
}

// beside writes what a finished return never had: an offer, a dispute, goods parked for it, a fee.
func beside(e *apptest.Env, merchantID, caseID string) {
	ctx := auth.AsSystem(context.Background(), merchantID)
	at := time.Date(2025, 9, 24, 2, 0, 0, 0, time.UTC)
	err := e.App.Store.InTx(ctx, func(ctx context.Context) error {
		c := e.App.Store.Client(ctx)
		return errors.Join(
			c.Proposal.Create().SetMerchantID(merchantID).SetCaseID(caseID).SetRound(1).SetRemedy(lifecycle.Refund).SetDisposition(lifecycle.GoodsKeep).
				SetMessage("Keep it.").SetAuthorName("Li Na").SetMadeAt(at).SetState("OPEN").Exec(ctx),
			c.Dispute.Create().SetMerchantID(merchantID).SetCaseID(caseID).SetReason("No.").SetOpenedAt(at).Exec(ctx),
			c.ParkedParcel.Create().SetMerchantID(merchantID).SetCaseID(caseID).SetMatchedAt(at).SetCarrier("SF").SetWaybill(caseID).SetArrivedAt(at).Exec(ctx),
			c.PlanAdoption.Create().SetMerchantID(merchantID).SetKind(lifecycle.Repairs).SetPlanCode(caseID[len(caseID)-20:]).SetPosition(0).SetAdoptedAt(at).Exec(ctx),
			c.DerivedPlan.Create().SetMerchantID(merchantID).SetCode(caseID[len(caseID)-20:]).SetVersion(1).SetBaseCode("MALL").SetBaseVersion(3).SetSpec(plan.Plan{}).SetPublishedAt(at).SetPublishedBy("Li Na").Exec(ctx),
			c.WarrantyTerm.Create().SetMerchantID(merchantID).SetCategory(caseID).SetMonths(12).SetBasis("INVOICE").SetParts(true).SetLabour(true).Exec(ctx),
			repaired(c, ctx, merchantID, caseID, at),
			c.Fee.Create().SetMerchantID(merchantID).SetCode(caseID).SetName("Handling").SetBasis("per parcel").SetAmount(100).SetLegalReference("price law").SetValidFrom("2025-01-01").Exec(ctx),
		)
	})
	if err != nil {
		panic(err)
	}
}

// repaired hangs onto a case what only a repair has: a warranty, a visit of the merchant's staff, a part, a quote, a proposed
// compensation, a maintenance schedule.
func repaired(c *ent.Client, ctx context.Context, merchantID, caseID string, at time.Time) error {
	of, err := c.ServiceCase.Query().Where(servicecase.ID(caseID)).WithDeadlines().WithOrder(func(q *ent.OrderQuery) { q.WithLines() }).Only(ctx)
	if err != nil {
		return err
	}
	technician, err := c.Staff.Query().Where(staff.MerchantID(merchantID)).FirstID(ctx)
	if err != nil {
		return err
	}
	address, err := c.ReturnAddress.Query().Where(returnaddress.MerchantID(merchantID)).FirstID(ctx)
	if err != nil {
		return err
	}
	line, deadline := of.Edges.Order.Edges.Lines[0].ID, of.Edges.Deadlines[0].ID
	warranty, err := c.Warranty.Create().SetMerchantID(merchantID).SetOrderLineID(line).SetCustomerID(of.CustomerID).SetSerialNumber(caseID).SetMonths(12).
		SetStartsOn("2025-01-01").SetEndsOn("2026-01-01").SetBasis("INVOICE").SetParts(true).SetLabour(true).SetRegisteredAt(at).SetRegisteredBy("Li Na").Save(ctx)
	if err != nil {
		return err
	}
	for _, err := range []error{
		c.RepairDetail.Create().SetMerchantID(merchantID).SetCaseID(caseID).SetOrderLineID(line).SetWarrantyID(warranty.ID).SetReturnAddressID(address).Exec(ctx),
		c.Visit.Create().SetMerchantID(merchantID).SetCaseID(caseID).SetRound(1).SetState("SCHEDULED").SetStartsAt(at).SetEndsAt(at.Add(time.Hour)).
			SetTechnicianID(technician).SetArrangedAt(at).SetArrangedBy("Li Na").Exec(ctx),
		c.TicketDetail.Create().SetMerchantID(merchantID).SetCaseID(caseID).SetSubject("S").SetTopic("OTHER").Exec(ctx),
		c.RepairPart.Create().SetMerchantID(merchantID).SetCaseID(caseID).SetName("Lid").SetQuantity(1).SetSpecial(false).SetRecordedAt(at).SetRecordedBy("Li Na").Exec(ctx),
		c.RepairQuote.Create().SetMerchantID(merchantID).SetCaseID(caseID).SetRound(1).SetLines(nil).SetTotal(100).SetCurrency("CNY").SetAuthorName("Li Na").SetMadeAt(at).SetState("OPEN").Exec(ctx),
		c.Compensation.Create().SetMerchantID(merchantID).SetCaseID(caseID).SetDeadlineID(deadline).SetClause("COURIER-4.1.4").SetBase(100).SetCurrency("CNY").
			SetPerDayBps(100).SetCapBps(1000).SetDays(1).SetAmount(1).SetState("PROPOSED").SetProposedAt(at).Exec(ctx),
		c.MaintenanceSchedule.Create().SetMerchantID(merchantID).SetOrderLineID(line).SetCustomerID(of.CustomerID).SetEveryMonths(6).SetFirstOn("2025-01-01").SetNextAt(at).SetSandbox(true).Exec(ctx),
		c.Deadline.UpdateOneID(deadline).SetExtendedByID(technician).Exec(ctx),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func actor(ctx context.Context, role auth.Role, merchant, customerID string) context.Context {
	return auth.With(ctx, auth.Actor{Subject: "somebody", Role: role, MerchantID: merchant, CustomerID: customerID})
}

// SLA-A-3.1.4: the tenant guard fails closed, for every entity there is.
func TestGuardConfinesEveryEntity(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		a, b := filled(e, "shop-a"), filled(e, "shop-b")
		c, ctx := e.App.Store.Client(t.Context()), t.Context()
		all := seen(t, c, auth.AsSystem(ctx, ""))
		ofA, ofB := seen(t, c, auth.AsSystem(ctx, a.ID)), seen(t, c, auth.AsSystem(ctx, b.ID))
		for name, ids := range all {
			if len(ids) == 0 {
				t.Errorf("%s: no rows, so nothing is proved; fill the table", name)
			}
		}

		t.Run("nobody and an anonymous caller read nothing", func(t *testing.T) {
			for who, ctx := range map[string]context.Context{"nobody": ctx, "anonymous": auth.With(ctx, auth.Actor{})} {
				entities(c, func(name string, ids func(context.Context) ([]string, error)) {
					if who == "anonymous" && name == "Calendar" {
						return // published for everybody
					}
					if found, err := ids(ctx); err == nil {
						t.Errorf("%s reads %d rows of %s", who, len(found), name)
					}
				})
			}
		})

		t.Run("a tenant reads its own rows and no others", func(t *testing.T) {
			for name := range all {
				if slices.Contains(everybodys, name) {
					continue
				}
				if len(ofA[name]) == 0 || len(ofB[name]) == 0 {
					t.Errorf("%s: A sees %d rows, B %d", name, len(ofA[name]), len(ofB[name]))
				}
				if got, want := len(ofA[name])+len(ofB[name]), len(all[name]); got != want {
					t.Errorf("%s: A and B see %d rows of %d", name, got, want)
				}
				for _, row := range ofA[name] {
					if slices.Contains(ofB[name], row) {
						t.Errorf("%s: both see %s", name, row)
					}
				}
			}
			for _, role := range auth.Roles() {
				if role == auth.Customer || role == auth.PlatformAdmin {
					continue
				}
				for name, rows := range seen(t, c, actor(ctx, role, a.ID, "")) {
					if !slices.Equal(rows, ofA[name]) {
						t.Errorf("%s as %s of A: %d rows, the merchant has %d", name, role, len(rows), len(ofA[name]))
					}
				}
			}
		})

		t.Run("a customer reads their own", func(t *testing.T) {
			one, err := c.Customer.Query().Where(customer.MerchantID(a.ID), customer.ExternalID("c-1")).OnlyID(auth.AsSystem(ctx, a.ID))
			if err != nil {
				t.Fatal(err)
			}
			two, err := c.Customer.Query().Where(customer.MerchantID(a.ID), customer.ExternalID("c-2")).OnlyID(auth.AsSystem(ctx, a.ID))
			if err != nil {
				t.Fatal(err)
			}
			mine, theirs := seen(t, c, actor(ctx, auth.Customer, a.ID, one)), seen(t, c, actor(ctx, auth.Customer, a.ID, two))
			nobodys := seen(t, c, actor(ctx, auth.Customer, a.ID, auth.NoCustomer))
			for name := range all {
				switch {
				case slices.Contains(everybodys, name):
				case slices.Contains(ofTheMerchant, name):
					if !slices.Equal(mine[name], ofA[name]) {
						t.Errorf("%s: a customer sees %d rows, the merchant shows %d", name, len(mine[name]), len(ofA[name]))
					}
				case slices.Contains(personal, name):
					if len(mine[name]) == 0 || len(mine[name]) != len(theirs[name]) || len(mine[name])+len(theirs[name]) != len(ofA[name]) {
						t.Errorf("%s: c-1 sees %d rows, c-2 %d, the merchant %d", name, len(mine[name]), len(theirs[name]), len(ofA[name]))
					}
					for _, row := range mine[name] {
						if slices.Contains(theirs[name], row) {
							t.Errorf("%s: both customers see %s", name, row)
						}
					}
					if len(nobodys[name]) > 0 {
						t.Errorf("%s: an unknown customer sees %d rows", name, len(nobodys[name]))
					}
				default: // what nobody decided about is nobody's
					if len(mine[name]) > 0 {
						t.Errorf("%s: a customer sees %d rows, and no list here says that they may", name, len(mine[name]))
					}
				}
			}
		})
	})
}

// What a CUSTOMER may see, by entity; an entity in none of these lists must be invisible to them.
var (
	// Calendars are public, idempotency keys are only read by their whole key, which carries merchant and subject.
	everybodys    = []string{"Calendar", "IdempotencyKey"}
	ofTheMerchant = []string{"Merchant", "ReturnAddress", "ReturnReason", "ServicePolicy", "Staff", "Fee", "WarrantyTerm", "DerivedPlan", "PlanAdoption"}
	personal      = []string{"CaseEvent", "Customer", "Deadline", "Evidence", "Message", "Order", "OrderLine", "Parcel", "Proposal", "Dispute", "Refund", "ReturnDetail", "ReturnItem", "ServiceCase",
		"Compensation", "MaintenanceSchedule", "RepairDetail", "RepairPart", "RepairQuote", "TicketDetail", "Visit", "Warranty"}
)

// Writes reach no row of another merchant, whatever the caller asks for.
func TestGuardConfinesWrites(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		a, b := filled(e, "shop-a"), filled(e, "shop-b")
		ctx := t.Context()
		intruder := actor(ctx, auth.MerchantAdmin, b.ID, "")
		// One transaction for all of it, rolled back at the end; a refusal of the guard does not reach the database.
		err := e.App.Store.InTx(ctx, func(ctx context.Context) error {
			c := e.App.Store.Client(ctx)
			system := auth.AsSystem(ctx, a.ID)
			in := func(actor context.Context) context.Context { return rebind(ctx, actor) }
			victim, err := c.Customer.Query().Where(customer.MerchantID(a.ID)).FirstID(system)
			if err != nil {
				return err
			}

			for who, actor := range map[string]context.Context{"nobody": auth.With(ctx, auth.Actor{}), "another merchant": in(intruder), "a platform admin without a merchant": in(actor(ctx, auth.PlatformAdmin, "", ""))} {
				if err := c.Customer.Create().SetMerchantID(a.ID).SetExternalID("spy").SetName("Spy").Exec(actor); err == nil {
					t.Errorf("%s made a customer of A", who)
				}
			}
			if err := c.Customer.CreateBulk(c.Customer.Create().SetMerchantID(b.ID).SetExternalID("ok").SetName("OK"),
				c.Customer.Create().SetMerchantID(a.ID).SetExternalID("spy").SetName("Spy")).Exec(in(intruder)); err == nil {
				t.Error("a foreign row slipped in among one's own")
			}
			n, err := c.Customer.Update().Where(customer.ID(victim)).SetName("Spy").Save(in(intruder))
			if err != nil || n != 0 {
				t.Errorf("an update reached %d foreign rows (%v)", n, err)
			}
			if err := c.Customer.UpdateOneID(victim).SetName("Spy").Exec(in(intruder)); !ent.IsNotFound(err) {
				t.Errorf("an update of one foreign row: %v", err)
			}
			n, err = c.AuditEntry.Delete().Exec(in(intruder))
			if err != nil {
				return err
			}
			if left, err := c.AuditEntry.Query().Count(system); err != nil || left == 0 || n == 0 {
				t.Errorf("deleting everything took %d rows and left A %d (%v)", n, left, err)
			}
			if err := c.Customer.DeleteOneID(victim).Exec(in(intruder)); !ent.IsNotFound(err) {
				t.Errorf("a delete of one foreign row: %v", err)
			}
			row, err := c.Customer.Get(system, victim)
			if err != nil || row.Name == "Spy" {
				t.Errorf("A's customer is now %v (%v)", row, err)
			}
			if err := c.Merchant.UpdateOneID(a.ID).SetName("Spy").Exec(in(actor(ctx, auth.Agent, a.ID, ""))); err == nil {
				t.Error("an AGENT changed a merchant")
			}
			return errRollback
		})
		if !errors.Is(err, errRollback) {
			t.Fatal(err)
		}
	})
}

var errRollback = errors.New("roll back")

// rebind keeps the transaction of ctx and takes the actor of the other context.
func rebind(ctx, other context.Context) context.Context {
	a, _ := auth.From(other)
	return auth.With(ctx, a)
}

// Composite foreign keys: the database itself refuses a link from one merchant's row to another's, for every foreign key
// between tenants' tables, whatever wrote it.
func TestForeignKeysRefuseLinksAcrossMerchants(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		a, b := filled(e, "shop-a"), filled(e, "shop-b")
		db := openRaw(t, e)
		links := db.links()
		if len(links) < 15 {
			t.Fatalf("only %d foreign keys between tenants' tables: %v", len(links), links)
		}
		for _, l := range links {
			mine, foreign := db.one(`SELECT MIN(id) FROM `+l.table+` WHERE merchant_id = '`+a.ID+`'`), db.one(`SELECT MIN(id) FROM `+l.to+` WHERE merchant_id = '`+b.ID+`'`)
			if mine == "" || foreign == "" {
				t.Errorf("%v: no rows, so nothing is proved", l)
				continue
			}
			if slices.Contains([]string{"return_details", "disputes", "repair_details", "ticket_details"}, l.table) && l.column == "case_id" { // one to one: make room, or uniqueness alone refuses
				if err := db.exec(`DELETE FROM ` + l.table + ` WHERE case_id = '` + foreign + `'`); err != nil {
					t.Error(err)
				}
			}
			err := db.exec(fmt.Sprintf(`UPDATE %s SET %s = '%s' WHERE id = '%s'`, l.table, l.column, foreign, mine))
			if err == nil || !strings.Contains(strings.ToLower(err.Error()), "foreign key") {
				t.Errorf("%s.%s takes a row of another merchant's %s: %v", l.table, l.column, l.to, err)
			}
		}
		// A new row as well.
		err := db.exec(fmt.Sprintf(`INSERT INTO parcels (id, merchant_id, case_id, direction, carrier, waybill) VALUES ('%s', '%s', (SELECT MIN(id) FROM service_cases WHERE merchant_id = '%s'), 'TO_MERCHANT', 'C', 'W')`,
			id.New(id.Parcel), a.ID, b.ID))
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), "foreign key") {
			t.Errorf("a parcel of A was put into a case of B: %v", err)
		}
	})
}

// Every entity's table that carries merchant_id is reached by the guard through that column alone; one that has none must
// be known to belong to the platform.
func TestEveryTableBelongsToSomebody(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		db := openRaw(t, e)
		for _, table := range db.tables() {
			if !slices.Contains(db.columns(table), "merchant_id") && !slices.Contains([]string{"calendars", "merchants", "goose_db_version"}, table) {
				t.Errorf("%s has no merchant_id", table)
			}
		}
	})
}

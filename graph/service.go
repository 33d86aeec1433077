package graph

import (
	"context"
	"slices"
	"strconv"

	"aftersales/ent/maintenanceschedule"
	"aftersales/graph/view"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
	"aftersales/internal/visits"
)

// afterService is after for payloads whose object is a service.
func (r *Resolver) afterService(ctx context.Context, caseID string, err error) (*view.OnSiteService, []*view.UserError, error) {
	c, errs, err := r.after(ctx, "service", caseID, err)
	if c == nil || !c.Kind.IsService() {
		return nil, errs, err
	}
	return view.OnSiteServiceOf(c), errs, err
}

// afterSchedule shows how an act on a maintenance schedule ended.
func (r *Resolver) afterSchedule(ctx context.Context, scheduleID string, err error) (*view.MaintenanceSchedule, []*view.UserError, error) {
	errs, fault := refusals(ctx, err)
	if fault != nil || err != nil {
		return nil, errs, fault
	}
	q := r.store.Client(ctx).MaintenanceSchedule.Query().Where(maintenanceschedule.ID(scheduleID))
	loadSchedule(q, selected(ctx).of("maintenanceSchedule"))
	row, err := q.Only(ctx)
	if err != nil {
		return nil, nil, err
	}
	return &view.MaintenanceSchedule{MaintenanceSchedule: row}, errs, nil
}

// appointment reads an appointment, the first one or another one.
func appointment(in view.VisitScheduleInput) visits.Appointment {
	a := visits.Appointment{StartsAt: in.StartsAt, EndsAt: in.EndsAt, TechnicianID: in.Technician, Note: note(in.Note)}
	if in.MovedBy != nil {
		a.MovedBy = *in.MovedBy
	}
	return a
}

// firstAppointment reads a first appointment; nil for none.
func firstAppointment(in *view.AppointmentInput) *visits.Appointment {
	if in == nil {
		return nil
	}
	return &visits.Appointment{StartsAt: in.StartsAt, EndsAt: in.EndsAt, TechnicianID: in.Technician, Note: note(in.Note)}
}

// servicesOnly reads which kinds of services are asked for; none given means all.
func servicesOnly(kinds []lifecycle.Kind) ([]lifecycle.Kind, error) {
	if len(kinds) == 0 {
		return lifecycle.Services(), nil
	}
	if i := slices.IndexFunc(kinds, func(k lifecycle.Kind) bool { return !k.IsService() }); i >= 0 {
		return nil, problem.Invalid(problem.Textf("%s is no service", "%s 不是服务类型", kinds[i]), "filter", "kind", strconv.Itoa(i))
	}
	return kinds, nil
}

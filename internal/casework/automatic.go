package casework

import (
	"context"
	"errors"
	"time"

	"aftersales/ent"
	"aftersales/internal/auth"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

// Automatic is what the service does to a case by itself when somebody let a deadline pass (design decision 4): an action of
// the transition table, carried out by the system. Do returns a Problem before it writes anything when the case lacks what
// the act needs; then nothing is done, and the case stays with people.
type Automatic struct {
	Action lifecycle.Action
	Judge  func(*lifecycle.Facts)
	Do     func(ctx context.Context, st *Step) error
	// Instead is what is done in its place where the case tells so; nil, or nil for a case: nothing else.
	Instead func(ctx context.Context, c *ent.ServiceCase) (*Automatic, error)
}

// timeout is what happens by itself to cases of a kind.
type timeout struct {
	action plan.TimeoutAction
	kind   lifecycle.Kind
}

// OnTimeout registers what a timeout action does to cases of a kind; it is called while wiring.
func (s *Service) OnTimeout(t plan.TimeoutAction, k lifecycle.Kind, a Automatic) {
	s.automatic[timeout{t, k}] = a
}

// actAlone carries out what the plan says about missed deadlines, case by case, in the sweep's transaction: a few statements
// each, so that a missed deadline and its consequence are one.
func (s *Service) actAlone(ctx context.Context, w watch, missed []*ent.Deadline) error {
	for _, d := range missed {
		for _, t := range d.OnTimeout {
			if t == plan.Compensate {
				if err := s.proposeAlone(auth.AsSystem(ctx, d.MerchantID), w, d); err != nil {
					return err
				}
				continue
			}
			a, known := s.automatic[timeout{t, d.Edges.Case.Kind}]
			if !known {
				continue
			}
			if err := s.actOn(auth.AsSystem(ctx, d.MerchantID), w.now, d, a); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) actOn(ctx context.Context, now time.Time, missed *ent.Deadline, a Automatic) error {
	c, err := s.store.Client(ctx).ServiceCase.Get(ctx, missed.CaseID)
	if err != nil {
		return err
	}
	if a.Instead != nil {
		other, err := a.Instead(ctx, c)
		if err != nil {
			return err
		}
		if other != nil {
			a = *other
		}
	}
	st, err := s.begin(ctx, system(c.MerchantID), c)
	if err != nil {
		return ignoreUnknownPlan(err)
	}
	st.Now, st.because = now, missed
	facts := FactsOf(st.Case, now)
	if a.Judge != nil {
		a.Judge(&facts)
	}
	to, ok := lifecycle.Next(c.Kind, c.Status, a.Action, facts)
	if !ok {
		return nil // somebody acted meanwhile
	}
	err = st.perform(ctx, a.Action, to, a.Do)
	if len(problem.All(err)) > 0 {
		return nil
	}
	return err
}

func system(merchantID string) auth.Actor {
	return auth.Actor{System: true, Subject: "system", Name: "system", MerchantID: merchantID}
}

// ignoreUnknownPlan leaves a case alone that a newer server knows what to do with; the sweep of all the others goes on.
func ignoreUnknownPlan(err error) error {
	if errors.Is(err, errUnknownPlan) {
		return nil
	}
	return err
}

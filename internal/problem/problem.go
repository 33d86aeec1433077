// Package problem is the one error type of the product: what went wrong, stated so that a client can act on it.
//
// Pure packages and use cases return *Problem for everything a caller can be told; any other error is a fault whose text
// never leaves the server. One place (package graph) maps a Problem to userErrors or to a top-level error.
package problem

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Code is the stable reason of a refusal. Those of contract type ErrorCode travel as userErrors; Forbidden,
// Unauthenticated and BadRequest of whole operations travel as top-level errors.
type Code string

const (
	InvalidInput          Code = "INVALID_INPUT"
	NotFound              Code = "NOT_FOUND"
	Forbidden             Code = "FORBIDDEN"
	IllegalTransition     Code = "ILLEGAL_TRANSITION"
	Conflict              Code = "CONFLICT"
	NotEligible           Code = "NOT_ELIGIBLE"
	WindowClosed          Code = "WINDOW_CLOSED"
	ExtensionRefused      Code = "EXTENSION_REFUSED"
	ExplanationRequired   Code = "EXPLANATION_REQUIRED"
	AmountExceedsPaid     Code = "AMOUNT_EXCEEDS_PAID"
	QuantityExceedsBought Code = "QUANTITY_EXCEEDS_BOUGHT"
	IdempotencyMismatch   Code = "IDEMPOTENCY_MISMATCH"
	PolicyBelowFloor      Code = "POLICY_BELOW_FLOOR"
	LimitExceeded         Code = "LIMIT_EXCEEDED"

	// Unauthenticated is an anonymous caller asking for what is not public: always a top-level error.
	Unauthenticated Code = "UNAUTHENTICATED"
	// NotAllowed is a role that may not use an operation at all: always a top-level error with code FORBIDDEN.
	NotAllowed Code = "NOT_ALLOWED"
)

// Text is one sentence in both languages the product speaks.
type Text struct{ EN, ZH string }

// Textf formats the same arguments into both languages; use indexed verbs (%[1]s) where the order differs.
func Textf(en, zh string, args ...any) Text {
	return Text{EN: fmt.Sprintf(en, args...), ZH: fmt.Sprintf(zh, args...)}
}

// Param is a figure of the message that a client may want to format itself (a date, a maximum, a version).
type Param struct{ Name, Value string }

// Problem is a refusal: nothing was written.
type Problem struct {
	Code    Code
	Field   []string // path of the offending input field, nil when no field is to blame
	Message Text
	Params  []Param
	Allowed []string // for IllegalTransition: the case actions this actor may take now
	cause   error
}

func (p *Problem) Error() string {
	if len(p.Field) > 0 {
		return fmt.Sprintf("%s at %s: %s", p.Code, strings.Join(p.Field, "."), p.Message.EN)
	}
	return fmt.Sprintf("%s: %s", p.Code, p.Message.EN)
}

func (p *Problem) Unwrap() error { return p.cause }

// New makes a Problem without a field.
func New(code Code, msg Text, params ...Param) *Problem {
	return &Problem{Code: code, Message: msg, Params: params}
}

// Invalid makes an INVALID_INPUT naming the field by its path from the mutation's arguments.
func Invalid(msg Text, field ...string) *Problem {
	return &Problem{Code: InvalidInput, Field: field, Message: msg}
}

// At returns a copy whose field path is prefixed, for a nested validator that knows only its own part of the input.
func (p *Problem) At(prefix ...string) *Problem {
	q := *p
	q.Field = append(slices.Clone(prefix), p.Field...)
	return &q
}

// With returns a copy carrying one more parameter.
func (p *Problem) With(name, value string) *Problem {
	q := *p
	q.Params = append(slices.Clone(p.Params), Param{name, value})
	return &q
}

// List is several problems of one input; every one is reported.
type List []*Problem

func (l List) Error() string {
	s := make([]string, len(l))
	for i, p := range l {
		s[i] = p.Error()
	}
	return strings.Join(s, "; ")
}

// Err returns nil for an empty list.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// All returns the problems in err, or nil when err is a fault.
func All(err error) []*Problem {
	if l, ok := errors.AsType[List](err); ok {
		return l
	}
	if p, ok := errors.AsType[*Problem](err); ok {
		return []*Problem{p}
	}
	return nil
}

// Is reports whether err is a Problem with this code.
func Is(err error, code Code) bool {
	for _, p := range All(err) {
		if p.Code == code {
			return true
		}
	}
	return false
}

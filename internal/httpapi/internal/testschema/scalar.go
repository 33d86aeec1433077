package testschema

import (
	"fmt"
	"io"
	"strconv"
)

// Moment is a scalar whose input is checked by its own unmarshaller, after the validator has let it pass.
type Moment string

// MarshalGQL writes the moment as a string.
func (m Moment) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(string(m))) }

// UnmarshalGQL accepts the one word "now".
func (m *Moment) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok || s != "now" {
		return fmt.Errorf("moment must be now")
	}
	*m = Moment(s)
	return nil
}

// Node is an endless chain of nodes.
type Node struct{ ID string }

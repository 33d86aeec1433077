package shopify

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// On a file that is proper CSV the scanner reads exactly what encoding/csv reads, and its lines are the file's.
func TestScannerAgreesWithTheStandardReader(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOfN(rapid.RuneFrom([]rune("a,\"\r\n é九 ")), 0, 8, -1)
		record := rapid.SliceOfN(cell, 3, 3)
		records := rapid.SliceOf(record).Draw(t, "records")
		var file bytes.Buffer
		w := csv.NewWriter(&file)
		w.UseCRLF = rapid.Bool().Draw(t, "CRLF")
		if err := w.WriteAll(records); err != nil {
			t.Fatal(err)
		}

		s := newScanner(bytes.NewReader(file.Bytes()))
		s.width = 3
		standard := csv.NewReader(bytes.NewReader(file.Bytes()))
		for {
			want, wantErr := standard.Read()
			got, err := s.next()
			if errors.Is(wantErr, io.EOF) && errors.Is(err, io.EOF) {
				return
			}
			if wantErr != nil || err != nil || got.fault != nil {
				t.Fatalf("encoding/csv: %q, %v; scanner: %+v, %v", want, wantErr, got, err)
			}
			line, _ := standard.FieldPos(0)
			if !slices.Equal(got.fields, want) || got.line != line {
				t.Fatalf("encoding/csv: %q at line %d; scanner: %q at line %d", want, line, got.fields, got.line)
			}
		}
	})
}

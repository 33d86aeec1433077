package demo

import (
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

var (
	boxed    = []string{"Ware mit allem Zubehör in einen Karton packen; die Originalverpackung ist nicht nötig.", "An die Rücksendeadresse schicken und die Sendungsnummer eintragen."}
	withForm = []string{"Rücksendeschein oder Bestellnummer auf einem Zettel"}
)

var berlinTales = []tale{
	{"DS-1031", []scene{ // refunded in time
		{"2025-09-16 18:20", "k-2001", requests(lifecycle.ReturnAndRefund, plan.NoReason, "Leider zu eng.", item{1, 1})},
		{"2025-09-17 09:05", "jonas.becker", then(assigns("jonas.becker"), approves(withForm, boxed...))},
		{"2025-09-17 17:45", "k-2001", ships("DHL", "00340000000000010318")},
		{"2025-09-19 10:30", "mia.schulz", receives},
		{"2025-09-19 11:15", "mia.schulz", passes("Sohlen unbenutzt.")},
		{"2025-09-19 14:00", "nina.lorenz", refunds},
		{"2025-09-22 09:15", "nina.lorenz", credits("SEPA 20250922-0007")},
	}},
	{"DS-1018", []scene{ // rejected
		{"2025-09-18 12:40", "k-2005", requests(lifecycle.ReturnAndRefund, "QUALITY", "Das Bohrfutter klemmt.", item{1, 1})},
		{"2025-09-18 13:30", "lena.vogel", then(assigns("lena.vogel"), responds("Vielen Dank für die Fotos, unsere Werkstatt sieht sie sich an."))},
		{"2025-09-19 15:10", "lena.vogel", rejects("Die Fotos zeigen Mörtel im Bohrfutter, also keinen Mangel. Eine Reinigung bieten wir kostenlos an.", "Verschmutzung")},
	}},
	{"DS-1037", []scene{ // on its way back
		{"2025-09-22 19:00", "k-2003", requests(lifecycle.ReturnAndRefund, plan.NoReason, "Die Farbe gefällt mir nicht.", item{1, 1})},
		{"2025-09-23 09:30", "jonas.becker", then(assigns("jonas.becker"), approves(withForm, boxed...))},
		{"2025-09-26 16:20", "k-2003", ships("Hermes", "H0000000000010374")},
	}},
	{"DS-1039", []scene{ // money only, paid out but not yet credited
		{"2025-09-26 10:10", "k-2004", requests(lifecycle.Refund, "DAMAGED", "Eine der beiden Vasen kam zerbrochen an.", item{1, 1})},
		{"2025-09-26 11:00", "lena.vogel", then(assigns("lena.vogel"), approvesDamage("PACKAGING", nil, "Bitte nichts zurückschicken; wir erstatten den Betrag."))},
		{"2025-09-26 14:00", "nina.lorenz", refunds},
	}},
	{"DS-1035", []scene{ // fresh
		{"2025-09-28 20:15", "k-2002", requests(lifecycle.ReturnAndRefund, "QUALITY", "Der linke Hörer bleibt stumm.", item{1, 1})},
	}},
}

package view

// ReplacementSku is what the customer wants instead; null for the same article.
func (i ReturnItem) ReplacementSku() *string { return optional(i.WantedSku) }

// Choice is the article set aside.
func (i ReturnItem) Choice() *ReplacementChoice {
	c := i.ReturnItem.Choice
	if c == nil {
		return nil
	}
	out := &ReplacementChoice{Sku: c.SKU, Title: c.Title, SerialNumber: optional(c.SerialNumber)}
	if c.UnitPrice != nil {
		out.UnitPrice = MoneyOf(*c.UnitPrice, c.Currency)
	}
	return out
}

// Replacement is the line that took the place of the goods.
func (i ReturnItem) Replacement() *OrderLine {
	if i.Edges.Replacement == nil {
		return nil
	}
	return &OrderLine{i.Edges.Replacement}
}

// Replaces is the return item in whose place the article was sent.
func (l OrderLine) Replaces() *ReturnItem {
	if l.Edges.Replaces == nil {
		return nil
	}
	return &ReturnItem{l.Edges.Replaces}
}

// ExtraPaid is what the customer paid on top, for dearer replacements.
func (o Order) ExtraPaid() *Money { return MoneyOf(o.Order.ExtraPaid, o.Currency) }

// SignedBy is who signed for the parcel; null when not known.
func (p Parcel) SignedBy() *string { return optional(p.Parcel.SignedBy) }

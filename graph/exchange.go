package graph

import (
	"aftersales/graph/view"
	"aftersales/internal/returns"
)

// replacing reads what replaces the goods of a return.
func replacing(in view.ReturnReplaceInput) returns.Replacing {
	out := returns.Replacing{DifferenceReference: note(in.DifferenceReference)}
	for _, it := range in.Items {
		out.Choices = append(out.Choices, returns.Choice{ItemID: it.Item, SKU: note(it.Sku), Title: note(it.Title), UnitPrice: it.UnitPrice, SerialNumber: note(it.SerialNumber)})
	}
	if p := in.Shipment; p != nil {
		out.Shipment = &returns.Shipment{Carrier: p.Carrier, Waybill: p.Waybill, ShippedAt: p.ShippedAt}
	}
	return out
}

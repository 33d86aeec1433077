// Package shopify reads the column layout of Shopify's order export (CSV) as a stream and turns each order into an
// orders.Input. It knows the file and nothing of where orders go: no database, no use case, no clock.
//
// # The file
//
// Columns are found by header name, in any order and case; unknown ones are ignored. The rows of an order stand together
// under one Name: the first carries the order, each carries one line. An order is taken whole or refused whole, with the
// line, column and reason of everything that is wrong with it; the orders around it go on.
//
// # How it is read
//
//   - Number is the Name as the merchant shows it, "#" included, trimmed.
//   - Customer.ExternalID is the lower-cased e-mail address; without one "tel:" and the telephone number (in
//     international form, "tel:+8613800000000", where the file tells the country); without either "order:" and the Name,
//     so that such an order stands alone and nobody signs in for it by accident.
//   - Customer.Name is the buyer (billing), Customer.Address where the goods went (shipping), each falling back on the other.
//   - LineInput.ExternalID is the SKU (the title where there is none), with "/2", "/3" … when it comes again in the
//     order (a long one is cut and ends in "~" and a hash): the export has no line ids, and this one survives a new
//     export with lines in another order.
//   - DeliveredAt is always nil: the export knows when goods left, never when they arrived.
//   - Discount Amount is the whole order's discount in some exports (line discounts included), only its order-wide part
//     in others, and it may hold a discount on shipping: Subtotal decides. Taxes are on top of prices or inside them:
//     Total decides. A tip or another extra makes Total larger than its parts; it stays in Input.Total and in no line.
//   - partially_paid: Input.Total is what was charged, Total minus Outstanding Balance, and may be below the lines' sum.
//
// # Memory
//
// Constant whatever the file's size: one order, a batch and the names of the last quarter of a million orders or more (as
// hashes) are held. A Name that comes back after longer than that is no longer recognised as such.
package shopify

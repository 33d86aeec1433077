package plan

import "aftersales/internal/lifecycle"

// NoReason is the handle of the return that needs no reason; the only one bound to a window by law.
const NoReason = "NO_REASON_7D"

// Reason is why goods come back, whose fault that is, and what the customer may ask for (MALL-2.1a, 2.1b).
type Reason struct {
	Handle, EN, ZH string
	AtFault        Party
	Remedies       []lifecycle.Remedy
}

// Reasons are the built-in return reasons; a merchant starts with a copy of them.
func Reasons() []Reason {
	all := lifecycle.Remedies()
	back := []lifecycle.Remedy{lifecycle.Refund, lifecycle.ReturnAndRefund, lifecycle.Exchange}
	return []Reason{
		{NoReason, "No reason (within the legal window)", "七天无理由退货", Customer, []lifecycle.Remedy{lifecycle.ReturnAndRefund, lifecycle.Exchange}},
		{"QUALITY", "Quality problem", "商品质量问题", Merchant, all},
		{"DAMAGED", "Arrived damaged", "商品破损", Carrier, all},
		{"WRONG_ITEM", "Wrong item sent", "商品错发", Merchant, back},
		{"NOT_AS_DESCRIBED", "Not as described", "与描述不符", Merchant, back},
		{"MISSING_ITEM", "Item or part missing", "少件或漏发", Merchant, back},
		{"NOT_RECEIVED", "Not received", "未收到货", Carrier, []lifecycle.Remedy{lifecycle.Refund, lifecycle.Exchange}},
		{"LATE_DISPATCH", "Dispatched or delivered late", "配送延误", Merchant, []lifecycle.Remedy{lifecycle.Refund, lifecycle.ReturnAndRefund}},
		{"COUNTERFEIT", "Counterfeit", "假冒商品", Merchant, back},
		{"OTHER", "Other", "其他", Customer, all},
	}
}

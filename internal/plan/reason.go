package plan

import "aftersales/internal/lifecycle"

// NoReason is the handle of the return that needs no reason; the only one bound to a window by law.
const NoReason = "NO_REASON_7D"

// Damaged is the handle of goods that arrived broken: what broke them is confirmed before anything is promised (MALL-2.1c).
const Damaged = "DAMAGED"

// Handles of reasons for which nothing can come back.
const (
	NotReceived = "NOT_RECEIVED"
	MissingItem = "MISSING_ITEM"
)

// Reason is why goods come back, whose fault that is, and what the customer may ask for (MALL-2.1a, 2.1b).
type Reason struct {
	Handle, EN, ZH string
	AtFault        Party
	Remedies       []lifecycle.Remedy
	// Urgent reasons are goods that are not what was ordered: their cases come first (MALL-2.2b).
	Urgent bool
	// GuideEN and GuideZH tell the customer what a complete request says and shows (MALL-3.1e).
	GuideEN, GuideZH string
}

// Reasons are the built-in return reasons; a merchant starts with a copy of them.
func Reasons() []Reason {
	all := lifecycle.Remedies()
	back := []lifecycle.Remedy{lifecycle.Refund, lifecycle.ReturnAndRefund, lifecycle.Exchange}
	return []Reason{
		{NoReason, "No reason (within the legal window)", "七天无理由退货", Customer, []lifecycle.Remedy{lifecycle.ReturnAndRefund, lifecycle.Exchange}, false,
			"Keep goods, accessories and gifts complete; opening the package to look is fine.", "请保持商品、配件及赠品完好；拆封查验不影响退货。"},
		{"QUALITY", "Quality problem", "商品质量问题", Merchant, all, false,
			"Say what does not work and since when; a photo or film of the fault helps.", "请说明故障现象及发生时间，并尽量提供照片或视频。"},
		{Damaged, "Arrived damaged", "商品破损", Carrier, all, false,
			"Show the damage, the outer package and the waybill on photos.", "请拍摄破损处、外包装及面单。"},
		{"WRONG_ITEM", "Wrong item sent", "商品错发", Merchant, back, true,
			"Name what you ordered and what arrived; a photo of the label helps.", "请说明所订与所收商品，并拍摄商品标签。"},
		{"NOT_AS_DESCRIBED", "Not as described", "与描述不符", Merchant, back, true,
			"Say what differs from the description and show it on a photo.", "请说明与描述不符之处并提供照片。"},
		{MissingItem, "Item or part missing", "少件或漏发", Merchant, back, true,
			"Name what is missing and show everything that arrived.", "请说明缺少的物品并拍摄所收全部物品。"},
		{NotReceived, "Not received", "未收到货", Carrier, []lifecycle.Remedy{lifecycle.Refund, lifecycle.Exchange}, true,
			"Say whether neighbours, reception or a locker may have taken it.", "请说明是否可能由邻居、前台或快递柜代收。"},
		{"LATE_DISPATCH", "Dispatched or delivered late", "配送延误", Merchant, []lifecycle.Remedy{lifecycle.Refund, lifecycle.ReturnAndRefund}, false,
			"Say by when it was promised.", "请说明承诺的送达时间。"},
		{"COUNTERFEIT", "Counterfeit", "假冒商品", Merchant, back, false,
			"Say what makes you think so; an expert's finding helps.", "请说明判断依据，如有鉴定结果请提供。"},
		{"OTHER", "Other", "其他", Customer, all, false,
			"Describe the problem in your own words.", "请用自己的话描述问题。"},
	}
}

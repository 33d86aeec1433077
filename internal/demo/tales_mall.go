package demo

import (
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// Numbers of the orders whose cases the examples and the tests speak of.
const (
	orderLate    = "DM20250905-1031" // Wang Fang's kettle: refunded late, explained
	orderHoliday = "DM20250920-1071" // Liu Yang's jacket: to be refunded across National Day
	orderOptions = "DM20250924-1088" // Wang Fang's earphones: nothing asked for yet
	orderRepair  = "DM20250701-0788" // Huang Qiang's watch: waits for a special part
	orderFresh   = "DM20250925-1090" // Ma Li's earphones: asked for last night
)

var (
	packed   = []string{"请将商品及全部配件装入纸箱，无需原包装。", "按退货地址寄出，并在订单页填写运单号。"}
	withSlip = []string{"退货单（可手写订单号）"}
)

var mallTales = []tale{
	{"DM20250910-1042", []scene{ // refunded in time
		{"2025-09-15 10:20", "c-1003", requests(lifecycle.ReturnAndRefund, plan.NoReason, "尺码偏小，想退货。", item{1, 1})},
		{"2025-09-15 10:50", "li.na", then(assigns("li.na"), approves(withSlip, packed...))},
		{"2025-09-15 17:30", "c-1003", ships("顺丰速运", "SF0000000010421")},
		{"2025-09-17 10:40", "zhao.lei", receives},
		{"2025-09-17 11:20", "zhao.lei", passes("鞋底无磨损，吊牌完整。")},
		{"2025-09-17 15:00", "sun.li", refunds},
		{"2025-09-18 10:05", "sun.li", credits("支付通道流水 20250918-0042")},
	}},
	{orderLate, []scene{ // due by September 24, refunded on the 26th, explained and closed
		{"2025-09-16 09:10", "c-1001", requests(lifecycle.ReturnAndRefund, "QUALITY", "其中一只水壶壶底漏水。", item{1, 1})},
		{"2025-09-16 09:40", "wang.wei", then(assigns("wang.wei"), responds("您好，很抱歉给您带来不便，我们马上为您审核。"))},
		{"2025-09-16 15:00", "wang.wei", approves(withSlip, packed...)},
		{"2025-09-16 20:15", "c-1001", ships("中通快递", "ZT0000000010315")},
		{"2025-09-19 11:00", "zhao.lei", receives},
		{"2025-09-19 16:00", "zhao.lei", passes("壶底焊缝渗水，配件齐全。")},
		{"2025-09-25 10:00", "sun.li", refunds},
		{"2025-09-26 10:30", "sun.li", credits("支付通道流水 20250926-0031")},
		{"2025-09-26 11:00", "chen.jing", then(explains(plan.Refund, "WORKLOAD", "月末对账积压，退款比承诺晚了两天，我们向您致歉。"), closes)},
	}},
	{"DM20250908-1038", []scene{ // approved, never sent back: expired when September 24 had passed
		{"2025-09-17 09:30", "c-1009", requests(lifecycle.ReturnAndRefund, "NOT_AS_DESCRIBED", "颜色与图片差别较大。", item{1, 1})},
		{"2025-09-17 11:00", "li.na", then(assigns("li.na"), approves(withSlip, packed...))},
	}},
	{"DM20250911-1046", []scene{ // rejected
		{"2025-09-18 09:15", "c-1007", requests(lifecycle.ReturnAndRefund, "QUALITY", "表盘有裂纹。", item{1, 1})},
		{"2025-09-18 10:00", "wang.wei", then(assigns("wang.wei"), responds("已收到照片，转技术人员判断。"))},
		{"2025-09-19 14:30", "wang.wei", rejects("照片显示表盘受外力撞击，不属于质量问题。如需付费维修，请联系我们。", "外力损坏")},
	}},
	{"DM20250912-1050", []scene{ // cancelled by the customer
		{"2025-09-19 09:00", "c-1008", requests(lifecycle.ReturnAndRefund, plan.NoReason, "想换个颜色。", item{1, 1})},
		{"2025-09-19 09:30", "li.na", then(assigns("li.na"), responds("您好，登机箱暂无其他颜色，仍可为您办理退货。"))},
		{"2025-09-20 10:00", "c-1008", cancels("那就不退了，留着用。")},
	}},
	{"DM20250919-1066", []scene{ // on its way back
		{"2025-09-24 09:00", "c-1005", requests(lifecycle.ReturnAndRefund, "DAMAGED", "一盏台灯的灯罩碎了。", item{1, 1})},
		{"2025-09-24 09:30", "li.na", then(assigns("li.na"), responds("抱歉，这就为您处理。"))},
		{"2025-09-25 10:10", "li.na", approvesDamage("TRANSIT", withSlip, packed...)},
		{"2025-09-27 16:00", "c-1005", ships("圆通速递", "YT0000000010662")},
	}},
	{"DM20250921-1075", []scene{ // waits for the customer to send it
		{"2025-09-25 11:00", "c-1006", requests(lifecycle.ReturnAndRefund, "QUALITY", "开到二档有异响。", item{1, 1})},
		{"2025-09-25 15:00", "li.na", then(assigns("li.na"), approves(withSlip, packed...))},
	}},
	{"DM20250916-1059", []scene{ // money only, paid out but not yet credited
		{"2025-09-25 14:00", "c-1010", requests(lifecycle.Refund, "MISSING_ITEM", "买了三盒茶叶，只收到两盒。", item{1, 1})},
		{"2025-09-25 14:20", "wang.wei", then(assigns("wang.wei"), responds("已请仓库核对出库记录。"))},
		{"2025-09-26 09:30", "wang.wei", approves(nil, "仓库确认少发一盒，无需寄回，款项将原路退回。")},
		{"2025-09-26 10:15", "sun.li", refunds},
	}},
	{"DM20250917-1062", []scene{ // arrived this morning, to be inspected
		{"2025-09-25 14:30", "c-1005", requests(lifecycle.ReturnAndRefund, "QUALITY", "通电后指示灯不亮。", item{1, 1})},
		{"2025-09-25 16:00", "wang.wei", then(assigns("wang.wei"), approves(withSlip, packed...))},
		{"2025-09-26 18:00", "c-1005", ships("中通快递", "ZT0000000010628")},
		{"2025-09-29 09:20", "zhao.lei", receives},
	}},
	{"DM20250918-1064", []scene{ // waits for the customer's answer: the clocks stand still
		{"2025-09-26 13:00", "c-1002", requests(lifecycle.ReturnAndRefund, "QUALITY", "料理机用两次就不转了。", item{1, 1})},
		{"2025-09-26 13:40", "wang.wei", then(assigns("wang.wei"), responds("您好，我们正在查看您的问题。"))},
		{"2025-09-27 10:00", "wang.wei", asks("请问是完全不通电，还是通电后电机不转？方便的话请附一段视频。")},
	}},
	{orderHoliday, []scene{ // ready to be refunded, due across the holiday: 28, 29, 30 and two paused days, so October 9 and 10
		{"2025-09-26 20:10", "c-1004", requests(lifecycle.ReturnAndRefund, plan.NoReason, "颜色不太喜欢。", item{1, 1})},
		{"2025-09-27 10:00", "li.na", then(assigns("li.na"), approves(withSlip, packed...))},
		{"2025-09-27 15:20", "c-1004", ships("顺丰速运", "SF0000000010714")},
		{"2025-09-29 09:10", "zhao.lei", receives},
		{"2025-09-29 09:40", "zhao.lei", passes("吊牌未剪，无穿着痕迹。")},
	}},
	{"DM20250920-1073", []scene{ // nobody answered on Sunday: first response missed, escalated
		{"2025-09-27 21:30", "c-1003", requests(lifecycle.ReturnAndRefund, "QUALITY", "电饭煲内胆涂层起皮。", item{1, 1})},
	}},
	{"DM20250922-1079", []scene{ // first response due within two hours
		{"2025-09-28 11:30", "c-1012", requests(lifecycle.ReturnAndRefund, "WRONG_ITEM", "两个充电器里有一个是 30W 的。", item{1, 1})},
	}},
	{orderRepair, []scene{ // a repair that waits for a special part: extended from 7 to 10 working days
		{"2025-09-18 09:40", "c-1008", requestsRepair(1, "手表充电一夜仍只有 10% 电量，上周开始出现。")},
		{"2025-09-18 10:30", "li.na", then(assigns("li.na"), approvesRepair("请将手表及充电底座装盒。", "按所示地址寄出，并填写运单号。"))},
		{"2025-09-18 18:00", "c-1008", shipsRepair("顺丰速运", "SF0000000007881")},
		{"2025-09-22 10:00", "qian.jun", receivesRepair},
		{"2025-09-23 14:00", "qian.jun", diagnoses("电池鼓包，需更换原厂电池。", "更换电池并做整机测试，质保期内免费。")},
		{"2025-09-23 15:00", "qian.jun", awaitsPart("WATCH-S 原厂电池", "原厂备件中心", "2025-10-10")},
		{"2025-09-23 15:10", "chen.jing", extendsRepair("原厂电池需调货，预计 10 月 10 日到货。")},
	}},
	{"DM20250830-1019", []scene{ // a complaint that was settled
		{"2025-09-20 14:00", "c-1006", complains("SERVICE_ATTITUDE", "客服两天没有回电", "之前申请部分退款，客服答应回电，两天都没有消息。")},
		{"2025-09-20 14:40", "chen.jing", then(assigns("chen.jing"), answers("很抱歉让您久等。负责的同事当时休假，未做交接；退款已于 9 月初到账，我们已改为双人值班。"))},
		{"2025-09-20 20:10", "c-1006", isContent("好的，谢谢。")},
	}},
	{orderFresh, []scene{ // fresh
		{"2025-09-28 19:40", "c-1011", requests(lifecycle.ReturnAndRefund, "QUALITY", "左耳没有声音。", item{1, 1})},
	}},
}

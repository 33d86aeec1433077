package demo

import (
	"aftersales/internal/auth"
	"aftersales/internal/merchants"
	"aftersales/internal/warranty"
)

// shop is one merchant with everything that happened there. Times are local, "2025-09-15 10:20".
type shop struct {
	slug, name, currency, calendar string
	// opens is where the test clock starts, now where it stands in the end.
	opens, now string
	// admin sets the shop up and moves its clock, system tells of its orders.
	admin, system string
	staff         []merchants.Staff
	addresses     []merchants.ReturnAddress
	catalogue     []article
	customers     []customer
	orders        []order
	tales         []tale
	// terms are the warranties the shop gives beside those that hold anyway; adopted are plans kept for repairs.
	terms   []warranty.NewTerm
	adopted []string
}

// mall stands on the eve of National Day 2025: off from October 1 to 8, in return worked on Sunday, September 28 and on
// Saturday, October 11.
var mall = shop{
	slug: Mall, name: "演示商城 Demo Mall", currency: "CNY", calendar: "CN",
	opens: "2025-09-15 09:00", now: "2025-09-29 10:00",
	admin: "zhou.min", system: "erp",
	staff: []merchants.Staff{
		{Subject: "li.na", Name: "李娜", Role: auth.Agent},
		{Subject: "wang.wei", Name: "王伟", Role: auth.Agent},
		{Subject: "zhao.lei", Name: "赵磊", Role: auth.Warehouse},
		{Subject: "qian.jun", Name: "钱军", Role: auth.Technician},
		{Subject: "sun.li", Name: "孙丽", Role: auth.Finance},
		{Subject: "chen.jing", Name: "陈静", Role: auth.Supervisor},
		{Subject: "zhou.min", Name: "周敏", Role: auth.MerchantAdmin},
		{Subject: "anxin.repair", Name: "安心维修", Role: auth.Provider},
	},
	addresses: []merchants.ReturnAddress{
		{Name: "上海退货仓", Recipient: "演示商城退货组", Phone: "02100000000", Line: "示例路 100 号 3 号库", City: "上海市", PostalCode: "200000", Country: "CN", IsDefault: true},
		{Name: "广州退货仓", Recipient: "演示商城退货组", Phone: "02000000000", Line: "样例大道 8 号", City: "广州市", PostalCode: "510000", Country: "CN"},
	},
	catalogue: mallArticles, customers: mallCustomers, orders: mallOrders, tales: mallTales,
	terms:   []warranty.NewTerm{{Category: "数码", Months: 12, Basis: warranty.Delivery, Parts: true, Labour: true, Exclusions: []string{"进水", "私自拆修"}}},
	adopted: []string{"SLA-A"},
}

// berlin is a shop in Germany; German Unity Day, Friday, October 3, is the next day off.
var berlin = shop{
	slug: Shop, name: "Demo Shop Berlin", currency: "EUR", calendar: "DE",
	opens: "2025-09-15 09:00", now: "2025-09-29 10:00",
	admin: "clara.neumann", system: "erp",
	staff: []merchants.Staff{
		{Subject: "jonas.becker", Name: "Jonas Becker", Role: auth.Agent},
		{Subject: "lena.vogel", Name: "Lena Vogel", Role: auth.Agent},
		{Subject: "mia.schulz", Name: "Mia Schulz", Role: auth.Warehouse},
		{Subject: "paul.krause", Name: "Paul Krause", Role: auth.Technician},
		{Subject: "nina.lorenz", Name: "Nina Lorenz", Role: auth.Finance},
		{Subject: "tom.berger", Name: "Tom Berger", Role: auth.Supervisor},
		{Subject: "clara.neumann", Name: "Clara Neumann", Role: auth.MerchantAdmin},
	},
	addresses: []merchants.ReturnAddress{
		{Name: "Lager Berlin", Recipient: "Demo Shop Retouren", Phone: "+49 30 23125000", Line: "Musterstraße 1, Tor 4", City: "Berlin", PostalCode: "10000", Country: "DE", IsDefault: true},
	},
	catalogue: berlinArticles, customers: berlinCustomers, orders: berlinOrders, tales: berlinTales,
}

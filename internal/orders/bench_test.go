package orders_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
	"aftersales/internal/orders"
)

// BenchmarkImport writes batches of 500 new orders of two lines, as an import of a file does.
func BenchmarkImport(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			e := apptest.Start(b, engine)
			s := e.Live("mall")
			ctx := auth.AsSystem(context.Background(), s.ID)
			const size = 500
			number := 0
			b.ReportAllocs()
			for b.Loop() {
				batch := make([]orders.Input, size)
				for i := range batch {
					number++
					batch[i] = sale(fmt.Sprint(number), fmt.Sprintf("c%d@example.com", number%20000), 2)
				}
				if _, err := e.App.Orders.Import(ctx, batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "orders/s")
		})
	}
}

var placed = time.Date(2025, 9, 28, 6, 3, 11, 0, time.UTC)

// sale is an order as a shop tells it: line i has the external id and SKU "S<i>", 10.00 each.
func sale(number, customer string, lines int) orders.Input {
	in := orders.Input{Number: number, PlacedAt: placed, PaidAt: &placed, Currency: "CNY",
		Customer: orders.CustomerInput{ExternalID: customer, Name: "林知遥", Email: customer, Phone: "+8612000000001", Address: "杭州市文三虚构路 88 号"}}
	for i := range lines {
		sku := fmt.Sprintf("S%d", i)
		in.Lines = append(in.Lines, orders.LineInput{ExternalID: sku, SKU: sku, Title: "轻羽防晒衣", Quantity: 2, UnitPrice: 1000, FulfilledAt: &placed})
	}
	return in
}

package warranty

import (
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

var groundTexts = map[plan.Ground]problem.Text{
	plan.WithinReturnDays:   {EN: "The fault showed within 7 days of the sale.", ZH: "自售出之日起 7 日内发生性能故障。"},
	plan.WithinExchangeDays: {EN: "The fault showed within 15 days of the sale.", ZH: "自售出之日起 15 日内发生性能故障。"},
	plan.RepairedTooOften:   {EN: "It was repaired twice and still does not work.", ZH: "修理两次仍不能正常使用。"},
	plan.PartsTooLong:       {EN: "Parts were waited for more than 90 days.", ZH: "因等待零配件超过 90 日未修好。"},
	plan.RepairTooLong:      {EN: "The repairer took more than 30 days.", ZH: "因修理者自身原因超过 30 日未修好。"},
	plan.CannotBeRepaired:   {EN: "It cannot be repaired.", ZH: "无法修复。"},
	plan.InWarranty:         {EN: "The warranty lasts.", ZH: "尚在质保期内。"},
}

// GroundText is why the law gives something, as one sentence.
func GroundText(g plan.Ground) problem.Text { return groundTexts[g] }

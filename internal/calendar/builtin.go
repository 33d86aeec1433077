package calendar

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rickar/cal/v2/de"
)

//go:embed data/cn_holidays.json
var data embed.FS

// BuiltInCodes lists the calendars that come with the product.
func BuiltInCodes() []string { return []string{"CN", "DE"} }

// BuiltIn is a fresh Spec of a built-in calendar.
//
// "CN" follows the notices of the General Office of the State Council, 2023-2026 published; 2027 is provisional with its
// 13 statutory days. "DE" has the holidays common to all of Germany, 2023-2032, by rule; a holiday of one state only is
// for a merchant there to publish.
func BuiltIn(code string) (Spec, bool) {
	switch code {
	case "CN":
		return china(), true
	case "DE":
		return germany(), true
	}
	return Spec{}, false
}

func china() Spec {
	raw, err := data.ReadFile("data/cn_holidays.json")
	if err != nil {
		panic(fmt.Sprintf("calendar: embedded file: %v", err))
	}
	var years map[string]struct {
		Notice *struct {
			Number string `json:"number"`
		} `json:"notice"`
		Status   string `json:"status"`
		Off      []Day  `json:"off"`
		Workdays []Day  `json:"workdays"`
	}
	if err := json.Unmarshal(raw, &years); err != nil {
		panic(fmt.Sprintf("calendar: embedded file: %v", err))
	}
	s := Spec{
		Code:     "CN",
		Name:     "中国大陆",
		TimeZone: "Asia/Shanghai",
		Weekend:  []time.Weekday{time.Saturday, time.Sunday},
	}
	for key, entry := range years {
		number, err := strconv.Atoi(key)
		if err != nil {
			panic(fmt.Sprintf("calendar: embedded file: %v", err))
		}
		// A year that the file marks in any other way has no notice yet.
		y := Year{Year: number, Status: Provisional, Off: entry.Off, MakeUpWorkdays: entry.Workdays}
		if entry.Status == string(Published) && entry.Notice != nil {
			y.Status, y.Notice = Published, entry.Notice.Number
		}
		s.Years = append(s.Years, y)
	}
	s.sort()
	return s
}

func germany() Spec {
	s := Spec{
		Code:     "DE",
		Name:     "Deutschland",
		TimeZone: "Europe/Berlin",
		Weekend:  []time.Weekday{time.Saturday, time.Sunday},
	}
	for year := 2023; year <= 2032; year++ {
		y := Year{Year: year, Status: Published, Notice: "Bundesweite gesetzliche Feiertage", MakeUpWorkdays: []Day{}}
		for _, h := range de.Holidays {
			actual, _ := h.Calc(year)
			y.Off = append(y.Off, Day{Date: dateOf(actual), Name: h.Name})
		}
		s.Years = append(s.Years, y)
	}
	s.sort()
	return s
}

var englishNames = map[string]string{
	"元旦":  "New Year's Day",
	"春节":  "Spring Festival",
	"清明节": "Tomb-Sweeping Day",
	"劳动节": "Labour Day",
	"端午节": "Dragon Boat Festival",
	"中秋节": "Mid-Autumn Festival",
	"国庆节": "National Day",
}

// EnglishName translates the holiday names of the built-in Chinese calendar, also joint ones ("国庆节、中秋节" is
// "National Day and Mid-Autumn Festival"); any other name is returned as it is.
func EnglishName(name string) string {
	parts := strings.Split(name, "、")
	for i, p := range parts {
		english, ok := englishNames[p]
		if !ok {
			return name
		}
		parts[i] = english
	}
	return strings.Join(parts, " and ")
}

// Package lang names the two languages the product speaks and picks one from an Accept-Language header.
package lang

import "golang.org/x/text/language"

// Lang is a language of the product's own texts.
type Lang string

const (
	EN Lang = "en"
	ZH Lang = "zh-CN"
)

var matcher = language.NewMatcher([]language.Tag{language.English, language.SimplifiedChinese})

// Negotiate picks the best language for an Accept-Language header; English when it is empty or malformed.
func Negotiate(header string) Lang {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return EN
	}
	if _, i, c := matcher.Match(tags...); i == 1 && c > language.No {
		return ZH
	}
	return EN
}

package demo

var berlinArticles = []article{
	{"ESP-10", "Espressomaschine Piccola", 189_00, "Haushalt"},
	{"VASE-30", "Vase aus Steingut, 30 cm", 39_90, "Wohnen"},
	{"BOOT-39", "Wanderschuhe, Größe 39", 129_95, "Schuhe"},
	{"JACKET-M", "Regenjacke, Größe M", 89_95, "Bekleidung"},
	{"HEAD-7", "Kopfhörer Modell 7", 149_00, "Elektronik"},
	{"DRILL-18", "Akkuschrauber 18 V", 99_90, "Werkzeug"},
	{"BIT-32", "Bitsatz, 32 Teile", 19_90, "Werkzeug"},
	{"LAMP-T", "Tischleuchte Linden", 59_00, "Wohnen"},
	{"TOWEL-2", "Handtücher, 2 Stück", 24_50, "Wohnen"},
}

var berlinCustomers = []customer{
	{"k-2001", "Anna Schmidt", "anna.schmidt@example.org", "+49 176 04069001", "Musterstraße 11, 10000 Berlin"},
	{"k-2002", "Lukas Meyer", "lukas.meyer@example.org", "+49 176 04069002", "Beispielweg 2, 20000 Hamburg"},
	{"k-2003", "Julia Wagner", "julia.wagner@example.org", "+49 176 04069003", "Beispielallee 3, 80000 München"},
	{"k-2004", "Felix Hoffmann", "felix.hoffmann@example.org", "+49 176 04069004", "Musterplatz 4, 50000 Köln"},
	{"k-2005", "Sophie Koch", "sophie.koch@example.org", "+49 176 04069005", "Musterweg 5, 04000 Leipzig"},
	{"k-2006", "Elias Braun", "elias.braun@example.org", "+49 176 04069006", "Beispielstraße 6, 70000 Stuttgart"},
}

var berlinOrders = []order{
	{number: "DS-0987", customer: "k-2006", placed: "2025-07-14 19:20", delivered: "2025-07-17 12:10", lines: []line{{"DRILL-18", 1, 0, "AS2507987"}, {"BIT-32", 1, 0, ""}}},
	{number: "DS-1003", customer: "k-2003", placed: "2025-08-19 08:45", delivered: "2025-08-22 15:30", lines: []line{{"TOWEL-2", 3, 0, ""}, {"LAMP-T", 1, 5_90, ""}}, shipping: 4_95, refunded: 24_50},
	{number: "DS-1018", customer: "k-2005", placed: "2025-09-04 21:12", delivered: "2025-09-08 10:05", lines: []line{{"DRILL-18", 1, 0, "AS2509018"}}, shipping: 4_95},
	{number: "DS-1024", customer: "k-2006", placed: "2025-09-07 14:36", delivered: "2025-09-10 16:20", lines: []line{{"HEAD-7", 1, 15_00, "KH2509024"}}},
	{number: "DS-1031", customer: "k-2001", placed: "2025-09-09 18:05", delivered: "2025-09-12 11:40", lines: []line{{"BOOT-39", 1, 0, ""}, {"TOWEL-2", 2, 0, ""}}, discount: 10_00},
	{number: "DS-1035", customer: "k-2002", placed: "2025-09-17 20:50", delivered: "2025-09-20 13:15", lines: []line{{"HEAD-7", 1, 0, "KH2509035"}}},
	{number: "DS-1037", customer: "k-2003", placed: "2025-09-16 12:22", delivered: "2025-09-19 14:00", lines: []line{{"JACKET-M", 1, 0, ""}, {"BOOT-39", 1, 0, ""}}, discount: 20_00},
	{number: "DS-1039", customer: "k-2004", placed: "2025-09-21 09:40", delivered: "2025-09-25 12:30", lines: []line{{"VASE-30", 2, 0, ""}}, shipping: 4_95},
	{number: "DS-1042", customer: "k-2001", placed: "2025-09-21 19:15", delivered: "2025-09-24 10:25", lines: []line{{"ESP-10", 1, 0, "EM2509042"}, {"TOWEL-2", 1, 0, ""}}},
	{number: "DS-1044", customer: "k-2005", placed: "2025-09-24 17:08", lines: []line{{"LAMP-T", 2, 11_80, ""}}, shipping: 4_95},
	{number: "DS-1045", customer: "k-2002", placed: "2025-09-25 22:31", delivered: "2025-09-27 15:50", lines: []line{{"BIT-32", 2, 0, ""}, {"VASE-30", 1, 0, ""}}, shipping: 4_95},
}

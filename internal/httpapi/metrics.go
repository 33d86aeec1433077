package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// metrics are named and explained in the package comment.
type metrics struct {
	requests         *prometheus.CounterVec
	duration         *prometheus.HistogramVec
	inFlight         prometheus.Gauge
	errors           *prometheus.CounterVec
	sockets          prometheus.Gauge
	socketOperations *prometheus.CounterVec
	socketCloses     *prometheus.CounterVec
}

func newMetrics(reg *prometheus.Registry, version string) *metrics {
	register(reg, collectors.NewGoCollector())
	register(reg, collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	register(reg, prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "aftersales_build_info", Help: "Always 1; the label is the running version.",
	}, []string{"version"})).WithLabelValues(version).Set(1)

	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return register(reg, prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels))
	}
	gauge := func(name, help string) prometheus.Gauge {
		return register(reg, prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help}))
	}
	return &metrics{
		requests: counter("aftersales_http_requests_total", "HTTP requests answered.", "status", "operation"),
		duration: register(reg, prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "aftersales_http_request_duration_seconds", Help: "Time from request to answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"operation"})),
		inFlight:         gauge("aftersales_http_requests_in_flight", "HTTP requests being answered, without WebSockets."),
		errors:           counter("aftersales_graphql_errors_total", "Errors in answers by extensions.code.", "code"),
		sockets:          gauge("aftersales_websocket_connections", "WebSockets open."),
		socketOperations: counter("aftersales_websocket_operations_total", "Operations started on WebSockets.", "operation"),
		socketCloses:     counter("aftersales_websocket_closes_total", "WebSockets closed by close code.", "code"),
	}
}

// register returns the collector that is in the registry already, if any: two servers of one process may share it.
func register[C prometheus.Collector](reg *prometheus.Registry, c C) C {
	err := reg.Register(c)
	if already, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
		if existing, ok := already.ExistingCollector.(C); ok {
			return existing
		}
	}
	if err != nil {
		panic(fmt.Sprintf("httpapi: metrics: %v", err))
	}
	return c
}

func (m *metrics) request(status int, x *exchange, d time.Duration) {
	operation := "none"
	if x.kind != "" {
		operation = string(x.kind)
	}
	m.requests.WithLabelValues(strconv.Itoa(status/100)+"xx", operation).Inc()
	m.duration.WithLabelValues(operation).Observe(d.Seconds())
	m.count(x.errs)
}

func (m *metrics) count(errs gqlerror.List) {
	for _, e := range errs {
		m.errors.WithLabelValues(codeOf(e)).Inc()
	}
}

func metricsHandler(reg *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(reg, promhttp.HandlerOpts{Registry: reg})
}

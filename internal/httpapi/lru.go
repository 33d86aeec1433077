package httpapi

import (
	"container/list"
	"sync"
)

// lru keeps the most recently used values by the text they were made from, within a number of entries and a total of
// text bytes: an attacker who sends ever new documents must not be able to fill the memory.
type lru[V any] struct {
	mu         sync.Mutex
	entries    map[string]*list.Element
	order      *list.List // front is the latest used
	bytes      int
	maxEntries int
	maxBytes   int
}

type lruEntry[V any] struct {
	key    string
	value  V
	weight int
}

func newLRU[V any](maxEntries, maxBytes int) *lru[V] {
	return &lru[V]{
		entries: make(map[string]*list.Element), order: list.New(),
		maxEntries: maxEntries, maxBytes: maxBytes,
	}
}

func (c *lru[V]) get(key string) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.entries[key]
	if !ok {
		return value, false
	}
	c.order.MoveToFront(el)
	return el.Value.(*lruEntry[V]).value, true
}

// add stores the value unless it alone would take more than a sixteenth of the room.
func (c *lru[V]) add(key string, value V, weight int) {
	if weight > c.maxBytes/16 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.entries[key]; ok {
		c.order.MoveToFront(el)
		return
	}
	c.entries[key] = c.order.PushFront(&lruEntry[V]{key, value, weight})
	c.bytes += weight
	for c.bytes > c.maxBytes || len(c.entries) > c.maxEntries {
		last := c.order.Back()
		e := c.order.Remove(last).(*lruEntry[V])
		delete(c.entries, e.key)
		c.bytes -= e.weight
	}
}

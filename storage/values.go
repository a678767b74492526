package storage

import (
	"encoding/json"
	"fmt"
)

// Put keeps a value under a name, as JSON: the device id, the size of the glass,
// the wait statistics. It is safe on the card when Put returns. A value that is
// there already is not written again. Names are 1 to 200 bytes.
func (c *Cache) Put(key string, v any) error {
	if err := checkKey(key); err != nil {
		return err
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("value %q: %w", key, err)
	}
	return c.index.put(valuesBucket, key, b)
}

// Get reads the value kept under a name into v, a pointer, and reports whether
// there is one. A value that does not fit v is an error.
func (c *Cache) Get(key string, v any) (bool, error) {
	if err := checkKey(key); err != nil {
		return false, err
	}
	b, err := c.index.get(valuesBucket, key)
	if err != nil || b == nil {
		return false, err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return false, fmt.Errorf("value %q: %w", key, err)
	}
	return true, nil
}

func checkKey(key string) error {
	if key == "" || len(key) > 200 {
		return fmt.Errorf("%.40q cannot name a stored value or feed: 1 to 200 bytes are allowed", key)
	}
	return nil
}

//go:build !linux

package statefile

import bolt "go.etcd.io/bbolt"

// Forget does nothing where it is not known how.
func Forget(*bolt.DB) {}

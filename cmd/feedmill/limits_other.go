//go:build !linux

package main

// dropProgram does nothing: the system takes such memory back when it wants it.
func dropProgram() {}

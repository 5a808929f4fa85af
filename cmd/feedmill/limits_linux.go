package main

import (
	"debug/elf"
	"os"
	"syscall"
)

// dropProgram takes those parts of the program's file that are only read out of the memory of the process. A start
// runs through most of them; what is needed after that is mapped again, from the system's cache, when it is.
func dropProgram() {
	program, err := elf.Open("/proc/self/exe")
	if err != nil {
		return
	}
	defer program.Close()
	if program.Type != elf.ET_EXEC { // what moves is not where its file says
		return
	}
	page := uint64(os.Getpagesize())
	for _, part := range program.Progs {
		if part.Type != elf.PT_LOAD || part.Flags&elf.PF_W != 0 {
			continue
		}
		from := part.Vaddr &^ (page - 1)
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, uintptr(from), uintptr(part.Vaddr+part.Memsz-from), syscall.MADV_DONTNEED)
	}
}

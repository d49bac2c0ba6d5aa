// SPDX-License-Identifier: LGPL-2.1-or-later

package callback

// #include <stdint.h>
import "C"

import "runtime/cgo"

//export mhpGoLog
func mhpGoLog(data C.uintptr_t, code C.int, path, message *C.char) {
	log := cgo.Handle(data).Value().(*Log)
	log.Guard.run(func() int {
		log.Fn(int(code), C.GoString(path), C.GoString(message))
		return 0
	})
}

//export mhpGoProgress
func mhpGoProgress(data C.uintptr_t, done, total C.uint64_t) C.int {
	progress := cgo.Handle(data).Value().(*Progress)
	return C.int(progress.Guard.run(func() int {
		return progress.Fn(uint64(done), uint64(total))
	}))
}

//export mhpGoTick
func mhpGoTick(data C.uintptr_t) C.int {
	tick := cgo.Handle(data).Value().(*Tick)
	return C.int(tick.Guard.run(tick.Fn))
}

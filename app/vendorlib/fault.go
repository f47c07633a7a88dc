package vendorlib

import (
	"fmt"
	"strconv"
)

// Fault is what a library, or the process that has it, did in a call. After one of them
// nobody knows whether the message was sent.
type Fault string

// The faults.
const (
	Overrun      Fault = "overrun"      // it wrote behind the end of pOutData
	Overread     Fault = "overread"     // it touched what lies behind pInData
	Crash        Fault = "crash"        // it crashed; the detail is the signal or exception
	Exit         Fault = "exit"         // it ended its process
	Ended        Fault = "ended"        // its process has ended, without a word
	Hang         Fault = "hang"         // it did not return in time
	Silent       Fault = "silent"       // its process stands still
	Garbled      Fault = "garbled"      // its process said what is no line
	Unterminated Fault = "unterminated" // there is no NUL in pOutData
	Empty        Fault = "empty"        // it answered nothing
	Failed       Fault = "failed"       // it returned another number than 0, which is the detail
	UTF8         Fault = "utf8"         // it answered in UTF-8
	UTF16        Fault = "utf16"        // it answered in UTF-16
	NotGBK       Fault = "not_gbk"      // it answered in no encoding that is known
	NotJSON      Fault = "not_json"     // what it answered is not JSON, or too long
	Echo         Fault = "echo"         // it gave the request back
	Vague        Fault = "vague"        // its code, which is the detail, does not say that nothing was done
)

// FaultError is a [Fault]. It is always a platform.ErrNoAnswer, too.
type FaultError struct {
	Fault  Fault
	Detail string // letters and digits; may be empty
}

// Error is the error for the log.
func (e *FaultError) Error() string {
	if e.Detail == "" {
		return "the vendor's library: " + string(e.Fault)
	}
	return "the vendor's library: " + string(e.Fault) + " (" + e.Detail + ")"
}

// Words are the key of the error's text for people, and what fills it in.
func (e *FaultError) Words() (key string, values []string, behind error) {
	return "vendor.fault." + string(e.Fault), []string{"detail", e.Detail}, nil
}

// LoadError is why the library can't be called at all: nothing is sent.
type LoadError struct {
	// Why: missing, unreadable, foreign (no library of this system), bits, export,
	// helper (there is none), start, slow (not loaded in time), and what the helper says:
	// version, line, path, folder, library, export.
	Why string
	// File is what it is about, Code the system's number of the error, Bits the library's.
	File string
	Code int64
	Bits int
}

// Error is the error for the log.
func (e *LoadError) Error() string {
	return fmt.Sprintf("the vendor's library can't be called: %s (%d)", e.Why, e.Code)
}

// Words are the key of the error's text for people, and what fills it in.
func (e *LoadError) Words() (key string, values []string, behind error) {
	return "vendor.load." + e.Why, []string{"file", e.File, "code", strconv.FormatInt(e.Code, 10), "bits", strconv.Itoa(e.Bits)}, nil
}

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

// helperFaults are those that a helper names: what it says of a call has to be one.
var helperFaults = []Fault{Overrun, Overread, Crash, Exit}

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

// Obstacle is why a library can't be called at all.
type Obstacle string

// The obstacles.
const (
	Missing    Obstacle = "missing"    // there is no such file
	Unreadable Obstacle = "unreadable" // it can't be read, or is too long
	Foreign    Obstacle = "foreign"    // it is no library of this system
	WrongBits  Obstacle = "bits"       // this program has no helper of its bits
	NoExport   Obstacle = "export"     // it has no function OneTrans
	NoHelper   Obstacle = "helper"     // the helper is missing
	NoStart    Obstacle = "start"      // the helper does not start, or says what it should not
	Slow       Obstacle = "slow"       // it is not loaded in time

	OtherVersion Obstacle = "version" // the helper speaks another version
	BadLine      Obstacle = "line"    // the helper was told what is no line
	BadPath      Obstacle = "path"    // the path is none that can be loaded
	NoFolder     Obstacle = "folder"  // the library's folder can't be entered
	NotLoaded    Obstacle = "library" // the system does not load it
)

// helperObstacles are those that a helper names: what it says of a library that it can't
// load has to be one.
var helperObstacles = []Obstacle{OtherVersion, BadLine, BadPath, NoFolder, NotLoaded, NoExport}

// LoadError is an [Obstacle]: nothing is sent.
type LoadError struct {
	Why Obstacle
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
	return "vendor.load." + string(e.Why), []string{"file", e.File, "code", strconv.FormatInt(e.Code, 10), "bits", strconv.Itoa(e.Bits)}, nil
}

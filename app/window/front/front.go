// Package front brings a window to the front of the one on whose behalf it is shown.
package front

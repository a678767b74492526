package screen

import "testing"

// What a C compiler makes of linux/cec.h: the same on 32 and 64 bits.
func TestKernelNumbers(t *testing.T) {
	for _, c := range []struct {
		what      string
		got, want uintptr
	}{
		{"CEC_ADAP_G_PHYS_ADDR", cecPhysical, 0x80026101},
		{"CEC_ADAP_G_LOG_ADDRS", cecGetAddresses, 0x805c6103},
		{"CEC_ADAP_S_LOG_ADDRS", cecSetAddresses, 0xc05c6104},
		{"CEC_TRANSMIT", cecTransmit, 0xc0386105},
	} {
		if c.got != c.want {
			t.Errorf("%s is %#x, want %#x", c.what, c.got, c.want)
		}
	}
}

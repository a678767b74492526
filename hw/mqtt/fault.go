package mqtt

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/eclipse/paho.mqtt.golang/packets"
)

// explain says in a sentence and a hint why the broker cannot be reached, or was
// lost. An error that has its own hint is passed on.
func (b *Broker) explain(err error) string {
	if _, _, told := strings.Cut(err.Error(), "\nhint: "); told {
		return plain(err)
	}
	fact, hint := b.refusal(err)
	if fact == "" {
		fact, hint = b.distrust(err)
	}
	if fact == "" {
		fact, hint = b.silence(err)
	}
	return fmt.Sprintf("%s\nhint: %s", fact, hint)
}

// plain drops what the client library writes before our own error.
func plain(err error) string {
	return strings.TrimPrefix(err.Error(), packets.ErrorNetworkError.Error()+" : ")
}

// refusal explains what the broker itself answered.
func (b *Broker) refusal(err error) (fact, hint string) {
	switch {
	case errors.Is(err, packets.ErrorRefusedBadUsernameOrPassword), errors.Is(err, packets.ErrorRefusedNotAuthorised):
		if b.User == "" {
			return fmt.Sprintf("the broker %s wants a user and a password", b.Address), "set user and password_file under [mqtt]"
		}
		return fmt.Sprintf("the broker %s refuses user %q with this password", b.Address, b.User), "correct user, or the first line of password_file; a change of the file counts at once"
	case errors.Is(err, packets.ErrorRefusedIDRejected):
		return fmt.Sprintf("the broker %s refuses the name %q", b.Address, b.clientID()), "set a shorter [device] id, or allow the name at the broker"
	case errors.Is(err, packets.ErrorRefusedServerUnavailable):
		return fmt.Sprintf("the broker %s is there, but not ready", b.Address), "it is tried again; if this stays, look at the broker's log"
	case errors.Is(err, packets.ErrorRefusedBadProtocolVersion):
		return fmt.Sprintf("the broker %s does not speak MQTT 3.1.1", b.Address), "use a broker that does; all well-known ones do"
	}
	return "", ""
}

// distrust explains what went wrong with TLS.
func (b *Broker) distrust(err error) (fact, hint string) {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &unknown):
		return fmt.Sprintf("the certificate of %s is signed by somebody this machine does not trust", b.Address), "set ca_file to the certificate of the authority that signed it"
	case errors.As(err, &host):
		return fmt.Sprintf("the certificate of %s is not made out to that name: %v", b.Address, host), "write the name that is in the certificate in broker"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the certificate of %s is not valid today: %v", b.Address, invalid), "check this machine's clock, then renew the certificate"
	case errors.As(err, &invalid):
		return fmt.Sprintf("the certificate of %s is not valid: %v", b.Address, invalid), "make a new one for the broker"
	case errors.As(err, &record):
		return fmt.Sprintf("%s does not speak TLS", b.Address), "use the broker's port for TLS, usually 8883, or write mqtt://"
	}
	return "", ""
}

// silence explains what the network did.
func (b *Broker) silence(err error) (fact, hint string) {
	var dns *net.DNSError
	var slow net.Error
	switch {
	case errors.As(err, &dns):
		return fmt.Sprintf("the broker's name is not known here: %v", dns), "check it, or write the broker's IP address"
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("nothing listens at %s", b.Address), "start the broker; mosquitto 2 listens to other machines only with a listener line in its config"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return fmt.Sprintf("there is no way to %s", b.Address), "check this machine's network, and the address"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return fmt.Sprintf("%s does not answer", b.Address), "check the address, the port and the firewall"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		port := "wants TLS on this port (mqtts://)"
		if strings.HasPrefix(b.Address, "mqtts:") {
			port = "does not speak TLS on this port"
		}
		return fmt.Sprintf("%s closed the connection", b.Address), "see the broker's log: it was stopped, or it " + port + ", or another device has this device's id"
	case strings.Contains(err.Error(), "pingresp not received"):
		// The client library has no error value for it (paho 1.5.1, ping.go).
		return fmt.Sprintf("%s fell silent", b.Address), "check the cable or the Wi-Fi, on both sides"
	}
	return fmt.Sprintf("the broker %s cannot be reached: %s", b.Address, plain(err)), "see the broker's log"
}

// denied says that the broker does not let us read a topic.
func (b *Broker) denied(topic string) string {
	who := "who connects without a user"
	if b.User != "" {
		who = fmt.Sprintf("user %q", b.User)
	}
	return fmt.Sprintf("the broker %s does not let %s read %s\nhint: allow it in the broker's access list", b.Address, who, topic)
}

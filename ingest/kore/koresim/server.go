package koresim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Listen says where Serve listens. The zero value is two free loopback ports.
type Listen struct {
	// API and Media are addresses to listen on; "" is 127.0.0.1:0.
	API, Media string
	// PublicMedia is the origin that media links are printed with, where it is
	// not the address listened on (in containers); "" is that address.
	PublicMedia string
}

// Server is a simulator that listens. Safe for concurrent use.
type Server struct {
	// Sim is what it serves.
	Sim *Sim
	// APIURL and MediaURL are the origins, without a slash at the end.
	APIURL, MediaURL string

	servers []*http.Server
	done    sync.WaitGroup
	once    sync.Once
	stop    func() bool
	err     error
}

// Serve listens on two ports, one for the API and one for the media, until ctx
// ends or Close is called. It returns when both ports take connections.
func (s *Sim) Serve(ctx context.Context, l Listen) (*Server, error) {
	api, err := listen(ctx, l.API)
	if err != nil {
		return nil, fmt.Errorf("listen for the api: %w", err)
	}
	media, err := listen(ctx, l.Media)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("listen for the media: %w", err), api.Close())
	}
	v := &Server{Sim: s, APIURL: originOf(api), MediaURL: originOf(media)}
	if l.PublicMedia != "" {
		v.MediaURL = l.PublicMedia
	}
	if err := s.SetMediaURL(v.MediaURL); err != nil {
		return nil, errors.Join(err, api.Close(), media.Close())
	}
	v.start(api, s.API())
	v.start(media, s.Media())
	v.stop = context.AfterFunc(ctx, func() { _ = v.shut() })
	return v, nil
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", addr)
}

// originOf is where a listener can be reached from this machine.
func originOf(l net.Listener) string {
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return "http://" + l.Addr().String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func (v *Server) start(l net.Listener, h http.Handler) {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	v.servers = append(v.servers, srv)
	v.done.Go(func() { _ = srv.Serve(l) })
}

// Close stops listening, gives requests under way two seconds to end and cuts
// the connections of those that don't. It may be called more than once, and
// waits for a stop that the end of the context has begun.
func (v *Server) Close() error {
	v.stop()
	return v.shut()
}

func (v *Server) shut() error {
	v.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		for _, srv := range v.servers {
			if err := srv.Shutdown(ctx); err != nil {
				v.err = errors.Join(v.err, srv.Close())
			}
		}
		v.done.Wait()
	})
	return v.err
}

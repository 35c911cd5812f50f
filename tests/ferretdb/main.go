// Ferretdb is the MongoDB-compatible server of the tests: FerretDB on SQLite, in one program.
//
// It prints its mongodb:// URI as one line on stdout once it listens, and warnings on stderr. It ends on SIGINT or
// SIGTERM, and also when its stdin ends: whoever starts it holds a pipe to it, and when they are killed it goes too.
//
// Without -data it keeps everything in a temporary folder that it removes at its end.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "where to listen, as `HOST:PORT`; port 0 is any free one")
	data := flag.String("data", "", "keep everything in this `DIR`, made if missing (default a temporary one)")
	flag.Parse()
	// It reads whole collections for most queries: collecting garbage less often makes the tests a third faster.
	debug.SetGCPercent(1000)
	debug.SetMemoryLimit(1 << 30)
	runtime.MemProfileRate = 0
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	if err := run(ctx, *listen, *data); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

// run serves until ctx is cancelled.
func run(ctx context.Context, listen, data string) error {
	if data == "" {
		temporary, err := os.MkdirTemp("", "ferretdb-")
		if err != nil {
			return fmt.Errorf("making a temporary folder: %w", err)
		}
		defer os.RemoveAll(temporary)
		data = temporary
	} else if err := os.MkdirAll(data, 0o755); err != nil {
		return fmt.Errorf("making the folder of -data: %w", err)
	}
	folder, err := filepath.Abs(data)
	if err != nil {
		return fmt.Errorf("finding the folder of -data: %w", err)
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: listen},
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Handler:   "sqlite",
		SQLiteURL: "file:" + folder + "/?" + pragmas,
	})
	if err != nil {
		return fmt.Errorf("listening on %s with data in %s: %w", listen, folder, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	fmt.Println(server.MongoDBURI())
	return <-ended
}

// What a process wrote outlives its being killed without any fsync; only a power cut would want them.
const pragmas = "_pragma=busy_timeout(10000)&_pragma=synchronous(off)"

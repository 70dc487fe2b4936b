package clientgo

import (
	"context"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"

	"kcp.test/clients/server"
)

// TestLeaderElection has two candidates: one leads, the other one after it gave up.
func TestLeaderElection(t *testing.T) {
	config := server.Config(t)
	config.ContentType = server.Protobuf
	client := kubernetes.NewForConfigOrDie(config)
	namespace(t, client, space)
	leads := make(chan string, 4)
	first, stopFirst := context.WithCancel(server.Context(t))
	ended := campaign(t, first, candidate{client, "first", leads})
	expectLeader(t, leads, "first")
	second, stopSecond := context.WithCancel(server.Context(t))
	campaign(t, second, candidate{client, "second", leads})
	stopFirst()
	<-ended
	expectLeader(t, leads, "second")
	lease, err := client.CoordinationV1().Leases(space).Get(server.Context(t), "throne", metav1.GetOptions{})
	must(t, err)
	if *lease.Spec.HolderIdentity != "second" || *lease.Spec.LeaseTransitions < 1 {
		t.Errorf("the lease says %v", lease.Spec)
	}
	stopSecond()
}

type candidate struct {
	client kubernetes.Interface
	name   string
	leads  chan<- string
}

// campaign runs a candidate until the context ends; what it gives is closed then.
func campaign(t *testing.T, ctx context.Context, who candidate) <-chan struct{} {
	t.Helper()
	lock := &resourcelock.LeaseLock{
		LeaseMeta:  metav1.ObjectMeta{Namespace: space, Name: "throne"},
		Client:     who.client.CoordinationV1(),
		LockConfig: resourcelock.ResourceLockConfig{Identity: who.name},
	}
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock: lock, LeaseDuration: 4 * time.Second, RenewDeadline: 3 * time.Second, RetryPeriod: 200 * time.Millisecond, ReleaseOnCancel: true,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { who.leads <- who.name },
			OnStoppedLeading: func() {},
		},
	})
	must(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		elector.Run(ctx)
	}()
	return ended
}

func expectLeader(t *testing.T, leads <-chan string, wanted string) {
	t.Helper()
	select {
	case found := <-leads:
		if found != wanted {
			t.Fatalf("%s leads, not %s", found, wanted)
		}
	case <-time.After(server.Limit):
		t.Fatalf("%s never leads", wanted)
	}
}

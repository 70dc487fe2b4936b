package operator

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	metrics "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"kcp.test/clients/server"
)

// TestOperator runs a controller of boxes in a logical cluster: it leads, makes a ConfigMap for each box, makes it again when it is
// gone, says so in the status, and cleans up before a box goes.
func TestOperator(t *testing.T) {
	world := install(t)
	health, measured := world.run(t)
	ctx := server.Context(t)
	made := &Box{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "one"}, Spec: BoxSpec{Text: "hello"}}
	server.Must(t, world.client.Create(ctx, made))
	key := client.ObjectKeyFromObject(made)
	filled := world.watchBox(t, key)

	box := filled(func(box *Box) bool { return box.Status.Filled == "hello" })
	if len(box.Finalizers) != 1 || box.Status.ObservedGeneration != box.Generation {
		t.Errorf("finalizers %v, generation %d, observed %d", box.Finalizers, box.Generation, box.Status.ObservedGeneration)
	}
	content := &core.ConfigMap{}
	server.Must(t, world.client.Get(ctx, key, content))
	if owner := metav1.GetControllerOf(content); owner == nil || owner.UID != box.UID {
		t.Errorf("the content is owned by %v", owner)
	}

	box.Spec.Text = "goodbye"
	server.Must(t, world.client.Update(ctx, box))
	box = filled(func(box *Box) bool { return box.Status.Filled == "goodbye" })

	server.Must(t, world.client.Delete(ctx, content))
	filled(func(box *Box) bool { return box.Status.Refills > 2 })
	server.Must(t, world.client.Get(ctx, key, content))

	if text := get(t, health+"/readyz"); text != "ok" {
		t.Errorf("readyz: %s", text)
	}
	if text := get(t, measured+"/metrics"); !strings.Contains(text, `controller_runtime_reconcile_total{controller="box",result="success"}`) {
		t.Error("the metrics have no reconciles")
	}

	server.Must(t, world.client.Delete(ctx, box))
	filled(func(box *Box) bool { return box == nil })
	if err := world.client.Get(ctx, key, &Box{}); !apierrors.IsNotFound(err) {
		t.Errorf("the box is still there: %v", err)
	}
}

// TestSecondCandidate has a second manager wait until the first one is gone.
func TestSecondCandidate(t *testing.T) {
	world := install(t)
	stop, first := world.candidate(t)
	<-first
	_, second := world.candidate(t)
	select {
	case <-second:
		t.Fatal("two lead")
	case <-time.After(500 * time.Millisecond):
	}
	stop()
	select {
	case <-second:
	case <-server.Context(t).Done():
		t.Fatal("the second one never leads")
	}
}

// run starts the controller; the addresses of its health and its metrics.
func (w *world) run(t *testing.T) (health, measured string) {
	t.Helper()
	health, measured = freeAddress(t), freeAddress(t)
	manager, err := ctrl.NewManager(w.config, ctrl.Options{
		Scheme: w.scheme, HealthProbeBindAddress: health, Metrics: metrics.Options{BindAddress: measured},
		LeaderElection: true, LeaderElectionID: "boxes", LeaderElectionNamespace: "default", LeaderElectionReleaseOnCancel: true,
	})
	server.Must(t, err)
	server.Must(t, manager.AddReadyzCheck("ping", healthz.Ping))
	server.Must(t, ctrl.NewControllerManagedBy(manager).For(&Box{}).Owns(&core.ConfigMap{}).Complete(&reconciler{manager.GetClient()}))
	start(t, manager)
	return "http://" + health, "http://" + measured
}

// candidate starts a manager that does nothing but lead; what ends it, and what is closed when it leads.
func (w *world) candidate(t *testing.T) (stop func(), leads <-chan struct{}) {
	t.Helper()
	lease, renew, retry := 4*time.Second, 3*time.Second, 200*time.Millisecond
	manager, err := ctrl.NewManager(w.config, ctrl.Options{
		Scheme: w.scheme, Metrics: metrics.Options{BindAddress: "0"}, LeaderElection: true, LeaderElectionID: "throne",
		LeaderElectionNamespace: "default", LeaderElectionReleaseOnCancel: true,
		LeaseDuration: &lease, RenewDeadline: &renew, RetryPeriod: &retry,
	})
	server.Must(t, err)
	return start(t, manager), manager.Elected()
}

// start runs a manager until it is stopped, or the test ends.
func start(t *testing.T, manager ctrl.Manager) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the manager ended: %v", err)
		}
	}
	t.Cleanup(stop)
	return stop
}

func get(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(server.Context(t), http.MethodGet, url, nil)
	server.Must(t, err)
	answer, err := http.DefaultClient.Do(request)
	server.Must(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	server.Must(t, err)
	return fmt.Sprintf("%s", text)
}

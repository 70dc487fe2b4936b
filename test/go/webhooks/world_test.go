package webhooks

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	core "k8s.io/api/core/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	metrics "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"kcp.test/clients/server"
)

const space = "post"

// what controller-runtime would say of itself is no part of a test's outcome
func init() {
	ctrl.SetLogger(logr.Discard())
}

// world is a logical cluster in which parcels are defined, and an operator that is asked about them.
type world struct {
	*rules
	config   *rest.Config
	scheme   *runtime.Scheme
	client   client.WithWatch
	hooks    *envtest.WebhookInstallOptions
	warnings *warnings
}

// install defines parcels, starts the operator, and waits until the server asks it about them, if any hook wants to be asked. What
// stop does, and the end of the test, is to stop it.
func install(t *testing.T, hooks envtest.WebhookInstallOptions) (found *world, stop func()) {
	t.Helper()
	found, stop = installUnasked(t, hooks)
	if len(hooks.MutatingWebhooks)+len(hooks.ValidatingWebhooks) == 0 {
		return found, stop
	}
	eventually(t, func() error {
		if err := found.client.Create(server.Context(t), &Parcel{ObjectMeta: named("probe")}, client.DryRunAll); err != nil {
			return err
		}
		if len(found.seen()) == 0 {
			return errors.New("the operator is not asked")
		}
		return nil
	})
	return found, stop
}

// installUnasked is install for hooks that are not asked about parcels.
func installUnasked(t *testing.T, hooks envtest.WebhookInstallOptions) (found *world, stop func()) {
	t.Helper()
	scheme := runtime.NewScheme()
	server.Must(t, clientgoscheme.AddToScheme(scheme))
	server.Must(t, apiextensions.AddToScheme(scheme))
	addToScheme(scheme)
	config, told := server.Config(t), &warnings{}
	config.WarningHandler = told
	server.Must(t, hooks.PrepWithoutInstalling())
	t.Cleanup(func() { server.Must(t, hooks.Cleanup()) })
	_, err := envtest.InstallCRDs(config, envtest.CRDInstallOptions{
		Scheme: scheme, CRDs: []*apiextensions.CustomResourceDefinition{parcels()}, WebhookOptions: hooks,
	})
	server.Must(t, err)
	made, err := client.NewWithWatch(config, client.Options{Scheme: scheme})
	server.Must(t, err)
	server.Must(t, made.Create(server.Context(t), &core.Namespace{ObjectMeta: metav1.ObjectMeta{Name: space}}))
	found = &world{&rules{}, config, scheme, made, &hooks, told}
	stop = found.start(t)
	server.Must(t, hooks.Install(config))
	return found, stop
}

// start runs the operator's webhook server until it is stopped, or the test ends.
func (w *world) start(t *testing.T) (stop func()) {
	t.Helper()
	serving := webhook.NewServer(webhook.Options{
		Host: w.hooks.LocalServingHost, Port: w.hooks.LocalServingPort, CertDir: w.hooks.LocalServingCertDir,
	})
	manager, err := ctrl.NewManager(w.config, ctrl.Options{
		Scheme: w.scheme, Metrics: metrics.Options{BindAddress: "0"}, WebhookServer: serving,
	})
	server.Must(t, err)
	server.Must(t, ctrl.NewWebhookManagedBy(manager, &Parcel{}).WithDefaulter(w.rules).WithValidator(w.rules).Complete())
	serving.Register("/even", &webhook.Admission{Handler: admission.HandlerFunc(w.even)})
	serving.Register("/slow", &webhook.Admission{Handler: admission.HandlerFunc(w.slow)})
	serving.Register("/sign", &webhook.Admission{Handler: admission.HandlerFunc(sign)})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the operator ended: %v", err)
		}
	})
	t.Cleanup(stop)
	isUp := serving.StartedChecker()
	server.Must(t, wait.PollUntilContextTimeout(server.Context(t), 10*time.Millisecond, server.Limit, true, func(context.Context) (bool, error) {
		return isUp(nil) == nil, nil
	}))
	return stop
}

// warnings are what the server warned a client of.
type warnings struct {
	lock  sync.Mutex
	texts []string
}

// HandleWarningHeader notes a warning.
func (w *warnings) HandleWarningHeader(_ int, _ string, text string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.texts = append(w.texts, text)
}

// expect compares what came since the last time.
func (w *warnings) expect(t *testing.T, wanted ...string) {
	t.Helper()
	w.lock.Lock()
	defer w.lock.Unlock()
	if !slices.Equal(w.texts, wanted) {
		t.Errorf("warnings %q, wanted %q", w.texts, wanted)
	}
	w.texts = nil
}

// expectAsked compares what the operator was asked since the last time.
func (w *world) expectAsked(t *testing.T, wanted ...string) {
	t.Helper()
	if seen := w.seen(); !slices.Equal(seen, wanted) {
		t.Errorf("asked %q, wanted %q", seen, wanted)
	}
}

// eventually tries until it goes well: a server may learn of a configuration after it has stored it.
func eventually(t *testing.T, try func() error) {
	t.Helper()
	var last error
	err := wait.PollUntilContextTimeout(server.Context(t), 20*time.Millisecond, server.Limit, true, func(context.Context) (bool, error) {
		last = try()
		return last == nil, nil
	})
	if err != nil {
		t.Fatalf("%v: %v", err, last)
	}
}

func named(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: space, Name: name}
}

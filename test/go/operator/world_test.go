package operator

import (
	"net"
	"testing"

	core "k8s.io/api/core/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"kcp.test/clients/server"
)

// world is a logical cluster in which boxes are defined.
type world struct {
	config *rest.Config
	scheme *runtime.Scheme
	client client.WithWatch
}

func install(t *testing.T) *world {
	t.Helper()
	scheme := runtime.NewScheme()
	server.Must(t, clientgoscheme.AddToScheme(scheme))
	server.Must(t, apiextensions.AddToScheme(scheme))
	addToScheme(scheme)
	config := server.Config(t)
	made, err := envtest.InstallCRDs(config, envtest.CRDInstallOptions{Scheme: scheme, CRDs: []*apiextensions.CustomResourceDefinition{boxes()}})
	server.Must(t, err)
	if len(made) != 1 {
		t.Fatalf("%d definitions", len(made))
	}
	found, err := client.NewWithWatch(config, client.Options{Scheme: scheme})
	server.Must(t, err)
	server.Must(t, found.Create(server.Context(t), &core.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default"}}))
	return &world{config, scheme, found}
}

// watchBox follows a box; what it gives waits for a state, nil standing for a box that is gone.
func (w *world) watchBox(t *testing.T, key client.ObjectKey) func(func(*Box) bool) *Box {
	t.Helper()
	events, err := w.client.Watch(server.Context(t), &BoxList{}, client.InNamespace(key.Namespace), client.MatchingFields{"metadata.name": key.Name})
	server.Must(t, err)
	t.Cleanup(events.Stop)
	return func(wanted func(*Box) bool) *Box {
		t.Helper()
		for event := range events.ResultChan() {
			box, ok := event.Object.(*Box)
			if !ok {
				t.Fatalf("%s %v", event.Type, event.Object)
			}
			if event.Type == watch.Deleted {
				box = nil
			}
			if wanted(box) {
				return box
			}
			if box == nil {
				t.Fatal("the box is gone")
			}
		}
		t.Fatal("the box never came to that")
		return nil
	}
}

func boxes() *apiextensions.CustomResourceDefinition {
	text := apiextensions.JSONSchemaProps{Type: "string"}
	number := apiextensions.JSONSchemaProps{Type: "integer", Format: "int64"}
	object := func(properties map[string]apiextensions.JSONSchemaProps) apiextensions.JSONSchemaProps {
		return apiextensions.JSONSchemaProps{Type: "object", Properties: properties}
	}
	schema := object(map[string]apiextensions.JSONSchemaProps{
		"spec":   object(map[string]apiextensions.JSONSchemaProps{"text": text}),
		"status": object(map[string]apiextensions.JSONSchemaProps{"filled": text, "refills": number, "observedGeneration": number}),
	})
	return &apiextensions.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: "boxes." + groupVersion.Group},
		Spec: apiextensions.CustomResourceDefinitionSpec{
			Group: groupVersion.Group,
			Scope: apiextensions.NamespaceScoped,
			Names: apiextensions.CustomResourceDefinitionNames{Plural: "boxes", Singular: "box", Kind: "Box", ListKind: "BoxList"},
			Versions: []apiextensions.CustomResourceDefinitionVersion{{
				Name: groupVersion.Version, Served: true, Storage: true,
				Subresources: &apiextensions.CustomResourceSubresources{Status: &apiextensions.CustomResourceSubresourceStatus{}},
				Schema:       &apiextensions.CustomResourceValidation{OpenAPIV3Schema: &schema},
			}},
		},
	}
}

// freeAddress is an address of this machine that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	server.Must(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

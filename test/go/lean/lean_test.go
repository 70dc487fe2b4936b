// Package lean has the tests of client-go that need no generated clients: it compiles in a third of the time of the others.
package lean

import (
	"testing"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"

	"kcp.test/clients/server"
)

var configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}

// TestProtobuf writes, reads and refuses in protobuf.
func TestProtobuf(t *testing.T) {
	client := protobufClient(t)
	ctx := server.Context(t)
	sent := &core.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "one", Labels: map[string]string{"a": "b"}},
		Data:       map[string]string{"text": "héllo\x00"}, BinaryData: map[string][]byte{"bytes": {0, 127, 128, 255}},
	}
	made := &core.ConfigMap{}
	must(t, client.Post().Namespace("demo").Resource("configmaps").Body(sent).Do(ctx).Into(made))
	if made.Data["text"] != sent.Data["text"] || string(made.BinaryData["bytes"]) != string(sent.BinaryData["bytes"]) {
		t.Errorf("sent %v, stored %v", sent, made)
	}
	err := client.Post().Namespace("demo").Resource("configmaps").Body(sent).Do(ctx).Error()
	if !apierrors.IsAlreadyExists(err) {
		t.Errorf("created twice: %v", err)
	}
	made.ResourceVersion = "1"
	err = client.Put().Namespace("demo").Resource("configmaps").Name("one").Body(made).Do(ctx).Error()
	if !apierrors.IsConflict(err) {
		t.Errorf("an update of an old version: %v", err)
	}
}

// TestReflector fills a cache by watching from the start, in protobuf, and keeps it up to date.
func TestReflector(t *testing.T) {
	client := protobufClient(t)
	ctx := server.Context(t)
	put := func(name string) {
		sent := &core.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}}
		must(t, client.Post().Namespace("demo").Resource("configmaps").Body(sent).Do(ctx).Error())
	}
	put("early")
	told := make(chan string, 64)
	_, controller := cache.NewInformerWithOptions(cache.InformerOptions{
		ListerWatcher: cache.NewListWatchFromClient(client, "configmaps", "demo", fields.Everything()),
		ObjectType:    &core.ConfigMap{},
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc:    func(object any) { told <- "add " + object.(*core.ConfigMap).Name },
			DeleteFunc: func(object any) { told <- "delete " + object.(*core.ConfigMap).Name },
		},
	})
	go controller.RunWithContext(ctx)
	until := func(wanted string) {
		t.Helper()
		for {
			select {
			case found := <-told:
				if found == wanted {
					return
				}
			case <-ctx.Done():
				t.Fatalf("never told: %s", wanted)
			}
		}
	}
	until("add early")
	put("late")
	until("add late")
	must(t, client.Delete().Namespace("demo").Resource("configmaps").Name("early").Do(ctx).Error())
	until("delete early")
}

// TestDynamic writes without knowing the kind, and reads the metadata alone.
func TestDynamic(t *testing.T) {
	config := withNamespace(t)
	ctx := server.Context(t)
	objects := dynamic.NewForConfigOrDie(config).Resource(configMaps).Namespace("demo")
	sent := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "one", "labels": map[string]any{"app": "x"}},
		"data": map[string]any{"a": "1"},
	}}
	made, err := objects.Create(ctx, sent, metav1.CreateOptions{FieldValidation: "Strict"})
	must(t, err)
	parts, err := metadata.NewForConfigOrDie(config).Resource(configMaps).Namespace("demo").List(ctx, metav1.ListOptions{LabelSelector: "app=x"})
	must(t, err)
	if len(parts.Items) != 1 || parts.Items[0].UID != made.GetUID() || parts.Items[0].Labels["app"] != "x" {
		t.Errorf("the metadata: %v", parts.Items)
	}
	must(t, objects.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "app=x"}))
	if _, err := objects.Get(ctx, "one", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("read after the delete: %v", err)
	}
}

// protobufClient speaks protobuf with the core group of the test's logical cluster.
func protobufClient(t *testing.T) *rest.RESTClient {
	t.Helper()
	scheme := runtime.NewScheme()
	must(t, core.AddToScheme(scheme))
	config := withNamespace(t)
	config.APIPath, config.GroupVersion = "/api", &core.SchemeGroupVersion
	config.ContentType, config.AcceptContentTypes = server.Protobuf, server.Protobuf
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	client, err := rest.RESTClientFor(config)
	must(t, err)
	return client
}

// withNamespace makes the namespace demo in the test's logical cluster.
func withNamespace(t *testing.T) *rest.Config {
	t.Helper()
	config := server.Config(t)
	demo := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "demo"}}}
	namespaces := dynamic.NewForConfigOrDie(config).Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"})
	_, err := namespaces.Create(server.Context(t), demo, metav1.CreateOptions{})
	must(t, err)
	return config
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

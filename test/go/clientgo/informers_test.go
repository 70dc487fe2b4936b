package clientgo

import (
	"context"
	"fmt"
	"testing"
	"time"

	core "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/features"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"

	"kcp.test/clients/server"
)

// TestInformers follows kinds with shared informers: by watching from the start (WatchList, the default), in protobuf.
func TestInformers(t *testing.T) {
	if !features.FeatureGates().Enabled(features.WatchListClient) {
		t.Fatal("this client-go lists where it should watch from the start")
	}
	config := server.Config(t)
	config.ContentType = server.Protobuf
	client := kubernetes.NewForConfigOrDie(config)
	namespace(t, client, space)
	configMap(t, client, "early")

	factory := informers.NewSharedInformerFactory(client, 0)
	configMaps := factory.Core().V1().ConfigMaps()
	seen := recordOf(t, configMaps.Informer())
	factory.Core().V1().Secrets().Informer()
	factory.Core().V1().Namespaces().Informer()
	factory.Rbac().V1().ClusterRoleBindings().Informer()
	factory.Coordination().V1().Leases().Informer()
	ctx, stop := context.WithCancel(server.Context(t))
	defer factory.Shutdown()
	defer stop()
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			t.Fatalf("%s was not synced", kind)
		}
	}
	seen.until(t, "add early")
	configMap(t, client, "late")
	seen.until(t, "add late")
	_, err := client.CoreV1().ConfigMaps(space).Patch(ctx, "late", "application/merge-patch+json", []byte(`{"data":{"a":"2"}}`), metav1.PatchOptions{})
	must(t, err)
	seen.until(t, "update late")
	must(t, client.CoreV1().ConfigMaps(space).Delete(ctx, "early", metav1.DeleteOptions{}))
	seen.until(t, "delete early")
	kept, err := configMaps.Lister().ConfigMaps(space).List(labels.SelectorFromSet(labels.Set{"test": "informers"}))
	must(t, err)
	if len(kept) != 1 || kept[0].Data["a"] != "2" {
		t.Errorf("the cache holds %v", kept)
	}
}

// TestPages lists in pages at one revision, while objects come and go.
func TestPages(t *testing.T) {
	client := kubernetes.NewForConfigOrDie(server.Config(t))
	namespace(t, client, space)
	for at := range 25 {
		configMap(t, client, fmt.Sprintf("page-%02d", at))
	}
	ctx := server.Context(t)
	pages := 0
	names := map[string]int{}
	options := metav1.ListOptions{LabelSelector: "test=informers", Limit: 10}
	version := ""
	for {
		page, err := client.CoreV1().ConfigMaps(space).List(ctx, options)
		must(t, err)
		pages++
		if version != "" && version != page.ResourceVersion {
			t.Errorf("page %d is of another revision: %s, not %s", pages, page.ResourceVersion, version)
		}
		version = page.ResourceVersion
		for _, item := range page.Items {
			names[item.Name]++
		}
		if page.Continue == "" {
			break
		}
		configMap(t, client, fmt.Sprintf("between-%d", pages))
		options.Continue = page.Continue
	}
	if pages != 3 || len(names) != 25 {
		t.Errorf("%d names on %d pages: %v", len(names), pages, names)
	}
}

// TestDynamicInformers follows a custom kind, whole and by its metadata alone.
func TestDynamicInformers(t *testing.T) {
	config := server.Config(t)
	namespace(t, kubernetes.NewForConfigOrDie(config), space)
	gadget := define(t, config, "gadgets.kcp.test")
	ctx, stop := context.WithCancel(server.Context(t))
	client := dynamic.NewForConfigOrDie(config)
	whole := dynamicinformer.NewDynamicSharedInformerFactory(client, 0)
	parts := metadatainformer.NewSharedInformerFactory(metadata.NewForConfigOrDie(config), 0)
	seenWhole := recordOf(t, whole.ForResource(gadget).Informer())
	seenParts := recordOf(t, parts.ForResource(gadget).Informer())
	defer whole.Shutdown()
	defer parts.Shutdown()
	defer stop()
	whole.Start(ctx.Done())
	parts.Start(ctx.Done())
	made, err := client.Resource(gadget).Namespace(space).Create(ctx, gadgetOf("one", 3), metav1.CreateOptions{})
	must(t, err)
	seenWhole.until(t, "add one")
	seenParts.until(t, "add one")
	must(t, unstructured.SetNestedField(made.Object, int64(4), "spec", "size"))
	_, err = client.Resource(gadget).Namespace(space).Update(ctx, made, metav1.UpdateOptions{})
	must(t, err)
	seenWhole.until(t, "update one")
	seenParts.until(t, "update one")
	must(t, client.Resource(gadget).Namespace(space).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{}))
	seenWhole.until(t, "delete one")
	seenParts.until(t, "delete one")
}

// TestEverywhere follows a kind in all logical clusters with one informer, as kcp's own controllers do.
func TestEverywhere(t *testing.T) {
	everywhere := kubernetes.NewForConfigOrDie(server.ConfigOf(t, "*"))
	factory := informers.NewSharedInformerFactoryWithOptions(everywhere, 0, informers.WithTweakListOptions(func(options *metav1.ListOptions) {
		options.LabelSelector = "test=informers"
	}))
	informer := factory.Core().V1().ConfigMaps().Informer()
	clusters := make(chan string, 256)
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: func(found any) {
		made := found.(*core.ConfigMap)
		clusters <- made.Name + " of " + made.Annotations["kcp.io/cluster"]
	}})
	must(t, err)
	ctx, stop := context.WithCancel(server.Context(t))
	defer factory.Shutdown()
	defer stop()
	factory.Start(ctx.Done())
	for _, cluster := range []string{"go-here", "go-there"} {
		client := kubernetes.NewForConfigOrDie(server.ConfigOf(t, cluster))
		namespace(t, client, space)
		configMap(t, client, "from-"+cluster) // the keys of this informer do not tell clusters apart
		wanted := "from-" + cluster + " of " + cluster
		for found := ""; found != wanted; {
			select {
			case found = <-clusters:
			case <-ctx.Done():
				t.Fatalf("not told of %s", wanted)
			}
		}
	}
}

func configMap(t *testing.T, client kubernetes.Interface, name string) {
	t.Helper()
	made := &core.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"test": "informers"}}}
	_, err := client.CoreV1().ConfigMaps(space).Create(server.Context(t), made, metav1.CreateOptions{})
	must(t, err)
}

func gadgetOf(name string, size int64) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "kcp.test/v1", "kind": "Gadget", "metadata": map[string]any{"name": name}, "spec": map[string]any{"size": size},
	}}
}

// recordOf keeps what an informer tells.
type recorded chan string

func recordOf(t *testing.T, informer cache.SharedIndexInformer) recorded {
	t.Helper()
	seen := make(recorded, 256)
	tell := func(what string, object any) {
		if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
			object = gone.Obj
		}
		seen <- what + " " + object.(metav1.Object).GetName()
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { tell("add", object) },
		UpdateFunc: func(_, object any) { tell("update", object) },
		DeleteFunc: func(object any) { tell("delete", object) },
	})
	must(t, err)
	return seen
}

func (seen recorded) until(t *testing.T, wanted string) {
	t.Helper()
	limit := time.After(server.Limit)
	for {
		select {
		case found := <-seen:
			if found == wanted {
				return
			}
		case <-limit:
			t.Fatalf("never told: %s", wanted)
		}
	}
}

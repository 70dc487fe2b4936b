package clientgo

import (
	"testing"

	autoscaling "k8s.io/api/autoscaling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/scale"

	"kcp.test/clients/server"
)

// TestDiscovery asks what is served: aggregated, and group by group, with the same answer.
func TestDiscovery(t *testing.T) {
	config := server.Config(t)
	define(t, config, "gadgets.kcp.test")
	client := discovery.NewDiscoveryClientForConfigOrDie(config)
	_, lists, err := client.ServerGroupsAndResources()
	must(t, err)
	client.UseLegacyDiscovery = true
	_, legacy, err := client.ServerGroupsAndResources()
	must(t, err)
	names, legacyNames := resourcesIn(lists), resourcesIn(legacy)
	if len(names) < 20 || len(names) != len(legacyNames) {
		t.Errorf("aggregated discovery has %d resources, the other %d", len(names), len(legacyNames))
	}
	for name := range legacyNames {
		if !names[name] {
			t.Errorf("aggregated discovery has no %s", name)
		}
	}
	if !names["kcp.test/v1 gadgets Gadget"] {
		t.Errorf("no gadgets among %v", names)
	}
	version, err := client.ServerVersion()
	must(t, err)
	if version.Major != "1" || version.Minor == "" {
		t.Errorf("version %v", version)
	}
	document, err := client.OpenAPISchema()
	must(t, err)
	if len(document.GetDefinitions().GetAdditionalProperties()) < 50 {
		t.Errorf("OpenAPI v2 has %d definitions", len(document.GetDefinitions().GetAdditionalProperties()))
	}
	paths, err := client.OpenAPIV3().Paths()
	must(t, err)
	text, err := paths["apis/kcp.test/v1"].Schema("application/json")
	must(t, err)
	if len(text) == 0 {
		t.Error("no OpenAPI v3 for gadgets")
	}
}

// TestMapper finds resources by kinds and short names, a kind that was just defined too.
func TestMapper(t *testing.T) {
	config := server.Config(t)
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(discovery.NewDiscoveryClientForConfigOrDie(config)))
	found, err := mapper.RESTMapping(schema.GroupKind{Group: "rbac.authorization.k8s.io", Kind: "Role"})
	must(t, err)
	if found.Resource.Resource != "roles" || found.Scope.Name() != "namespace" {
		t.Errorf("roles: %v", found)
	}
	gadget := define(t, config, "gadgets.kcp.test")
	mapper.Reset()
	mapped, err := mapper.RESTMapping(schema.GroupKind{Group: "kcp.test", Kind: "Gadget"}, "v1")
	must(t, err)
	if mapped.Resource != gadget {
		t.Errorf("gadgets: %v", mapped)
	}
	short := restmapper.NewShortcutExpander(mapper, memory.NewMemCacheClient(discovery.NewDiscoveryClientForConfigOrDie(config)), nil)
	full, err := short.ResourceFor(schema.GroupVersionResource{Resource: "cm"})
	must(t, err)
	if full.Resource != "configmaps" {
		t.Errorf("cm: %v", full)
	}
}

// TestScale reads and writes the scale of a custom kind, and sees it in the object.
func TestScale(t *testing.T) {
	config := server.Config(t)
	namespace(t, kubernetes.NewForConfigOrDie(config), space)
	gadget := define(t, config, "gadgets.kcp.test")
	ctx := server.Context(t)
	objects := dynamic.NewForConfigOrDie(config).Resource(gadget).Namespace(space)
	_, err := objects.Create(ctx, gadgetOf("one", 3), metav1.CreateOptions{})
	must(t, err)
	cached := memory.NewMemCacheClient(discovery.NewDiscoveryClientForConfigOrDie(config))
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(cached)
	scales, err := scale.NewForConfig(config, mapper, dynamic.LegacyAPIPathResolverFunc, scale.NewDiscoveryScaleKindResolver(cached))
	must(t, err)
	read, err := scales.Scales(space).Get(ctx, gadget.GroupResource(), "one", metav1.GetOptions{})
	must(t, err)
	if read.Spec.Replicas != 3 {
		t.Errorf("the scale is %v", read.Spec)
	}
	var wanted autoscaling.Scale = *read
	wanted.Spec.Replicas = 7
	_, err = scales.Scales(space).Update(ctx, gadget.GroupResource(), &wanted, metav1.UpdateOptions{})
	must(t, err)
	_, err = scales.Scales(space).Patch(ctx, gadget, "one", "application/merge-patch+json", []byte(`{"spec":{"replicas":8}}`), metav1.PatchOptions{})
	must(t, err)
	parts, err := metadata.NewForConfigOrDie(config).Resource(gadget).Namespace(space).Get(ctx, "one", metav1.GetOptions{})
	must(t, err)
	if parts.Generation != 3 {
		t.Errorf("the generation is %d", parts.Generation)
	}
}

func resourcesIn(lists []*metav1.APIResourceList) map[string]bool {
	names := map[string]bool{}
	for _, list := range lists {
		for _, resource := range list.APIResources {
			names[list.GroupVersion+" "+resource.Name+" "+resource.Kind] = true
		}
	}
	return names
}

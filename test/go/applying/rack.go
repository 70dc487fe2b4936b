// Package applying has what clients of Go apply on the side of the server: apply configurations of built-in kinds and of a custom one.
package applying

import (
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

var rackKind = schema.GroupVersionKind{Group: "racks.kcp.test", Version: "v1", Kind: "Rack"}

// rack is one to apply: a kind whose shelves are told apart by name, whose tags are a set, and whose origin is one whole.
func rack(name string, parts map[string]any) runtime.ApplyConfiguration {
	return client.ApplyConfigurationFromUnstructured(bareRack(name, parts))
}

func bareRack(name string, parts map[string]any) *unstructured.Unstructured {
	made := &unstructured.Unstructured{Object: parts}
	made.SetGroupVersionKind(rackKind)
	made.SetNamespace(space)
	made.SetName(name)
	return made
}

func shelf(name string, more map[string]any) map[string]any {
	made := map[string]any{"name": name}
	for key, value := range more {
		made[key] = value
	}
	return made
}

func racks() *apiextensions.CustomResourceDefinition {
	type properties = map[string]apiextensions.JSONSchemaProps
	text, number := apiextensions.JSONSchemaProps{Type: "string"}, apiextensions.JSONSchemaProps{Type: "integer"}
	listMap, set, atomic := "map", "set", "atomic"
	object := func(fields properties) apiextensions.JSONSchemaProps {
		return apiextensions.JSONSchemaProps{Type: "object", Properties: fields}
	}
	keyed := func(key string, fields properties) apiextensions.JSONSchemaProps {
		item := object(fields)
		item.Required = []string{key}
		return apiextensions.JSONSchemaProps{
			Type: "array", XListType: &listMap, XListMapKeys: []string{key}, Items: &apiextensions.JSONSchemaPropsOrArray{Schema: &item},
		}
	}
	origin := object(properties{"place": text, "maker": text})
	origin.XMapType = &atomic
	schema := object(properties{
		"spec": object(properties{
			"shelves": keyed("name", properties{"name": text, "books": number, "colour": text}),
			"tags":    {Type: "array", XListType: &set, Items: &apiextensions.JSONSchemaPropsOrArray{Schema: &text}},
			"origin":  origin,
		}),
		"status": object(properties{"conditions": keyed("type", properties{"type": text, "status": text}), "books": number}),
	})
	return &apiextensions.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: "racks." + rackKind.Group},
		Spec: apiextensions.CustomResourceDefinitionSpec{
			Group: rackKind.Group,
			Scope: apiextensions.NamespaceScoped,
			Names: apiextensions.CustomResourceDefinitionNames{Plural: "racks", Singular: "rack", Kind: rackKind.Kind, ListKind: "RackList"},
			Versions: []apiextensions.CustomResourceDefinitionVersion{{
				Name: rackKind.Version, Served: true, Storage: true,
				Subresources: &apiextensions.CustomResourceSubresources{Status: &apiextensions.CustomResourceSubresourceStatus{}},
				Schema:       &apiextensions.CustomResourceValidation{OpenAPIV3Schema: &schema},
			}},
		},
	}
}

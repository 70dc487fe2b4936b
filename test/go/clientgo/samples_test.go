package clientgo

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	crds "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"kcp.test/clients/server"
)

// namespace makes a namespace.
func namespace(t *testing.T, client kubernetes.Interface, name string) {
	t.Helper()
	_, err := client.CoreV1().Namespaces().Create(server.Context(t), &core.Namespace{ObjectMeta: named(name)}, metav1.CreateOptions{})
	must(t, err)
}

// gadgets is the definition of a kind with a size, a status and a scale; its name is plural.group.
func gadgets(name string) *apiextensions.CustomResourceDefinition {
	plural, group, _ := strings.Cut(name, ".")
	singular := strings.TrimSuffix(plural, "s")
	integer := apiextensions.JSONSchemaProps{Type: "integer"}
	sized := apiextensions.JSONSchemaProps{Type: "object", Properties: map[string]apiextensions.JSONSchemaProps{"size": integer}}
	return &apiextensions.CustomResourceDefinition{
		ObjectMeta: named(name),
		Spec: apiextensions.CustomResourceDefinitionSpec{
			Group: group,
			Scope: apiextensions.NamespaceScoped,
			Names: apiextensions.CustomResourceDefinitionNames{
				Plural: plural, Singular: singular, Kind: strings.ToUpper(singular[:1]) + singular[1:],
			},
			Versions: []apiextensions.CustomResourceDefinitionVersion{{
				Name: "v1", Served: true, Storage: true,
				Subresources: &apiextensions.CustomResourceSubresources{
					Status: &apiextensions.CustomResourceSubresourceStatus{},
					Scale: &apiextensions.CustomResourceSubresourceScale{
						SpecReplicasPath: ".spec.size", StatusReplicasPath: ".status.size",
					},
				},
				Schema: &apiextensions.CustomResourceValidation{OpenAPIV3Schema: &apiextensions.JSONSchemaProps{
					Type: "object", Properties: map[string]apiextensions.JSONSchemaProps{"spec": sized, "status": sized},
				}},
			}},
		},
	}
}

// define makes a definition and waits until it is established; the resource that it makes.
func define(t *testing.T, config *rest.Config, name string) schema.GroupVersionResource {
	t.Helper()
	ctx := server.Context(t)
	client := crds.NewForConfigOrDie(config).ApiextensionsV1().CustomResourceDefinitions()
	made, err := client.Create(ctx, gadgets(name), metav1.CreateOptions{})
	must(t, err)
	events, err := client.Watch(ctx, metav1.ListOptions{
		FieldSelector: fields.OneTermEqualSelector("metadata.name", name).String(), ResourceVersion: made.ResourceVersion,
	})
	must(t, err)
	defer events.Stop()
	for event := range events.ResultChan() {
		definition, ok := event.Object.(*apiextensions.CustomResourceDefinition)
		if !ok {
			t.Fatalf("%s %v", event.Type, event.Object)
		}
		for _, condition := range definition.Status.Conditions {
			if condition.Type == apiextensions.Established && condition.Status == apiextensions.ConditionTrue {
				return schema.GroupVersionResource{Group: made.Spec.Group, Version: "v1", Resource: made.Spec.Names.Plural}
			}
		}
	}
	t.Fatalf("%s was not established", name)
	return schema.GroupVersionResource{}
}

// signingRequest is a certificate signing request, PEM.
func signingRequest() []byte {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.CertificateRequest{Subject: pkix.Name{CommonName: "someone"}}
	request, err := x509.CreateCertificateRequest(rand.Reader, template, key)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request})
}

package webhooks

import (
	admissionregistration "k8s.io/api/admissionregistration/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	mutatePath   = "/mutate-parcels-kcp-test-v2-parcel"
	validatePath = "/validate-parcels-kcp-test-v2-parcel"
)

// parcels is the definition of parcels; who installs it adds the conversion webhook.
func parcels() *apiextensions.CustomResourceDefinition {
	text, number := apiextensions.JSONSchemaProps{Type: "string"}, apiextensions.JSONSchemaProps{Type: "integer", Format: "int64"}
	version := func(name string, spec map[string]apiextensions.JSONSchemaProps) apiextensions.CustomResourceDefinitionVersion {
		object := func(properties map[string]apiextensions.JSONSchemaProps) apiextensions.JSONSchemaProps {
			return apiextensions.JSONSchemaProps{Type: "object", Properties: properties}
		}
		schema := object(map[string]apiextensions.JSONSchemaProps{
			"spec": object(spec), "status": object(map[string]apiextensions.JSONSchemaProps{"place": text}),
		})
		return apiextensions.CustomResourceDefinitionVersion{
			Name: name, Served: true, Storage: name == newVersion.Version,
			Subresources: &apiextensions.CustomResourceSubresources{Status: &apiextensions.CustomResourceSubresourceStatus{}},
			Schema:       &apiextensions.CustomResourceValidation{OpenAPIV3Schema: &schema},
		}
	}
	return &apiextensions.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: "parcels." + group},
		Spec: apiextensions.CustomResourceDefinitionSpec{
			Group: group,
			Scope: apiextensions.NamespaceScoped,
			Names: apiextensions.CustomResourceDefinitionNames{Plural: "parcels", Singular: "parcel", Kind: "Parcel", ListKind: "ParcelList"},
			Versions: []apiextensions.CustomResourceDefinitionVersion{
				version(oldVersion.Version, map[string]apiextensions.JSONSchemaProps{"size": text, "area": number}),
				version(newVersion.Version, map[string]apiextensions.JSONSchemaProps{"width": number, "height": number, "area": number}),
			},
		},
	}
}

// mutating asks about parcels that are made and changed, each hook under its own path.
func mutating(hooks ...admissionregistration.MutatingWebhook) []*admissionregistration.MutatingWebhookConfiguration {
	return []*admissionregistration.MutatingWebhookConfiguration{{ObjectMeta: metav1.ObjectMeta{Name: "parcels"}, Webhooks: hooks}}
}

func mutatingHook(name, path string) admissionregistration.MutatingWebhook {
	none := admissionregistration.SideEffectClassNone
	return admissionregistration.MutatingWebhook{
		Name: name + "." + group, ClientConfig: clientConfig(path), SideEffects: &none, AdmissionReviewVersions: []string{"v1"},
		Rules: rulesFor(admissionregistration.Create, admissionregistration.Update),
	}
}

// validating asks about parcels that are made, changed and deleted.
func validating(hooks ...admissionregistration.ValidatingWebhook) []*admissionregistration.ValidatingWebhookConfiguration {
	return []*admissionregistration.ValidatingWebhookConfiguration{{ObjectMeta: metav1.ObjectMeta{Name: "parcels"}, Webhooks: hooks}}
}

func validatingHook(name string) admissionregistration.ValidatingWebhook {
	none := admissionregistration.SideEffectClassNone
	return admissionregistration.ValidatingWebhook{
		Name: name + "." + group, ClientConfig: clientConfig(validatePath), SideEffects: &none, AdmissionReviewVersions: []string{"v1"},
		Rules: rulesFor(admissionregistration.Create, admissionregistration.Update, admissionregistration.Delete),
	}
}

// clientConfig is that of a service, as operators write it; whoever installs it makes a URL of it, and adds the authority.
func clientConfig(path string) admissionregistration.WebhookClientConfig {
	return admissionregistration.WebhookClientConfig{
		Service: &admissionregistration.ServiceReference{Namespace: space, Name: "operator", Path: &path},
	}
}

// rulesFor names v2 only: requests in v1 are matched, too, and converted, by matchPolicy Equivalent.
func rulesFor(operations ...admissionregistration.OperationType) []admissionregistration.RuleWithOperations {
	return []admissionregistration.RuleWithOperations{{
		Operations: operations,
		Rule: admissionregistration.Rule{
			APIGroups: []string{group}, APIVersions: []string{newVersion.Version}, Resources: []string{"parcels"},
		},
	}}
}

package clientgo

import (
	"testing"
	"time"

	admission "k8s.io/api/admissionregistration/v1"
	certificates "k8s.io/api/certificates/v1"
	coordination "k8s.io/api/coordination/v1"
	core "k8s.io/api/core/v1"
	events "k8s.io/api/events/v1"
	rbac "k8s.io/api/rbac/v1"
	crds "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"kcp.test/clients/server"
)

const space = "default"

// TestKinds takes an object of every built-in kind through its life, by the typed clients, in protobuf.
func TestKinds(t *testing.T) {
	for _, cluster := range []string{"root", "go-kinds"} {
		t.Run(cluster, func(t *testing.T) {
			config := server.ConfigOf(t, cluster)
			config.ContentType = server.Protobuf
			client := kubernetes.NewForConfigOrDie(config)
			if cluster != "root" {
				namespace(t, client, space)
			}
			for _, kind := range append(namespaced(client), clusterWide(client, crds.NewForConfigOrDie(config))...) {
				t.Run(kind.name, kind.live)
			}
		})
	}
}

func named(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name}
}

func namespaced(client kubernetes.Interface) []kind {
	rules := []rbac.PolicyRule{{Verbs: []string{"get"}, APIGroups: []string{""}, Resources: []string{"configmaps"}}}
	role := rbac.RoleRef{APIGroup: rbac.GroupName, Kind: "ClusterRole", Name: "view"}
	about := core.ObjectReference{Kind: "ConfigMap", Namespace: space, Name: "x"}
	return []kind{
		lifeOf("ConfigMap", client.CoreV1().ConfigMaps(space), &core.ConfigMap{
			ObjectMeta: named("life"), Data: map[string]string{"a": "1"}, BinaryData: map[string][]byte{"b": {0, 1, 255}},
		}),
		lifeOf("Event", client.CoreV1().Events(space), &core.Event{
			ObjectMeta: named("life"), InvolvedObject: about, Reason: "Tested", Type: "Normal", Count: 3,
		}),
		lifeOf("EventOfEvents", client.EventsV1().Events(space), &events.Event{
			ObjectMeta: named("life-of-events"), Regarding: about, Reason: "Tested", Type: "Normal", Action: "Test",
			EventTime: metav1.NewMicroTime(time.Unix(1, 5000)), ReportingController: "kcp.test/x", ReportingInstance: "x-1",
		}),
		lifeOf("ResourceQuota", client.CoreV1().ResourceQuotas(space), &core.ResourceQuota{
			ObjectMeta: named("life"),
			Spec:       core.ResourceQuotaSpec{Hard: core.ResourceList{"count/nothings": resource.MustParse("2")}},
		}),
		lifeOf("Secret", client.CoreV1().Secrets(space), &core.Secret{
			ObjectMeta: named("life"), Type: core.SecretTypeOpaque, Data: map[string][]byte{"key": {0, 128, 255}},
		}),
		lifeOf("ServiceAccount", client.CoreV1().ServiceAccounts(space), &core.ServiceAccount{ObjectMeta: named("life")}),
		lifeOf("Lease", client.CoordinationV1().Leases(space), &coordination.Lease{
			ObjectMeta: named("life"), Spec: coordination.LeaseSpec{HolderIdentity: ref("me"), LeaseDurationSeconds: ref(int32(15))},
		}),
		lifeOf("Role", client.RbacV1().Roles(space), &rbac.Role{ObjectMeta: named("life"), Rules: rules}),
		lifeOf("RoleBinding", client.RbacV1().RoleBindings(space), &rbac.RoleBinding{ObjectMeta: named("life"), RoleRef: role}),
		lifeOf("ClusterRole", client.RbacV1().ClusterRoles(), &rbac.ClusterRole{ObjectMeta: named("life"), Rules: rules}),
		lifeOf("ClusterRoleBinding", client.RbacV1().ClusterRoleBindings(), &rbac.ClusterRoleBinding{
			ObjectMeta: named("life"), RoleRef: role,
		}),
	}
}

func clusterWide(client kubernetes.Interface, definitions crds.Interface) []kind {
	registration := client.AdmissionregistrationV1()
	matches := &admission.MatchResources{ResourceRules: []admission.NamedRuleWithOperations{{
		RuleWithOperations: admission.RuleWithOperations{
			Operations: []admission.OperationType{admission.Create},
			Rule:       admission.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"nothings"}},
		},
	}}}
	return []kind{
		lifeOf("Namespace", client.CoreV1().Namespaces(), &core.Namespace{ObjectMeta: named("life")}),
		lifeOf("CertificateSigningRequest", client.CertificatesV1().CertificateSigningRequests(), &certificates.CertificateSigningRequest{
			ObjectMeta: named("life"),
			Spec: certificates.CertificateSigningRequestSpec{
				Request: signingRequest(), SignerName: "kcp.test/signer", Usages: []certificates.KeyUsage{certificates.UsageClientAuth},
			},
		}),
		lifeOf("CustomResourceDefinition", definitions.ApiextensionsV1().CustomResourceDefinitions(), gadgets("lives.kcp.test")),
		lifeOf("MutatingWebhookConfiguration", registration.MutatingWebhookConfigurations(),
			&admission.MutatingWebhookConfiguration{ObjectMeta: named("life")}),
		lifeOf("ValidatingWebhookConfiguration", registration.ValidatingWebhookConfigurations(),
			&admission.ValidatingWebhookConfiguration{ObjectMeta: named("life")}),
		lifeOf("ValidatingAdmissionPolicy", registration.ValidatingAdmissionPolicies(), &admission.ValidatingAdmissionPolicy{
			ObjectMeta: named("life"),
			Spec: admission.ValidatingAdmissionPolicySpec{
				MatchConstraints: matches, Validations: []admission.Validation{{Expression: "true"}},
			},
		}),
		lifeOf("ValidatingAdmissionPolicyBinding", registration.ValidatingAdmissionPolicyBindings(), &admission.ValidatingAdmissionPolicyBinding{
			ObjectMeta: named("life"),
			Spec: admission.ValidatingAdmissionPolicyBindingSpec{
				PolicyName: "none", ValidationActions: []admission.ValidationAction{admission.Deny},
			},
		}),
		lifeOf("MutatingAdmissionPolicy", registration.MutatingAdmissionPolicies(), &admission.MutatingAdmissionPolicy{
			ObjectMeta: named("life"),
			Spec: admission.MutatingAdmissionPolicySpec{
				MatchConstraints: matches, ReinvocationPolicy: admission.NeverReinvocationPolicy,
				Mutations: []admission.Mutation{{
					PatchType: admission.PatchTypeJSONPatch, JSONPatch: &admission.JSONPatch{Expression: "[]"},
				}},
			},
		}),
		lifeOf("MutatingAdmissionPolicyBinding", registration.MutatingAdmissionPolicyBindings(), &admission.MutatingAdmissionPolicyBinding{
			ObjectMeta: named("life"), Spec: admission.MutatingAdmissionPolicyBindingSpec{PolicyName: "none"},
		}),
	}
}

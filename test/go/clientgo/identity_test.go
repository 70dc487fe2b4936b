package clientgo

import (
	"testing"
	"time"

	authentication "k8s.io/api/authentication/v1"
	authorization "k8s.io/api/authorization/v1"
	core "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcore "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/record"

	"kcp.test/clients/server"
)

// TestTokenRequest gets a token for a service account, which is then who it says, with its rights and no others.
func TestTokenRequest(t *testing.T) {
	config := server.ConfigOf(t, "root")
	config.ContentType = server.Protobuf
	client := kubernetes.NewForConfigOrDie(config)
	ctx := server.Context(t)
	accounts := client.CoreV1().ServiceAccounts(space)
	_, err := accounts.Create(ctx, &core.ServiceAccount{ObjectMeta: named("robot")}, metav1.CreateOptions{})
	must(t, err)
	request := &authentication.TokenRequest{Spec: authentication.TokenRequestSpec{ExpirationSeconds: ref(int64(900))}}
	issued, err := accounts.CreateToken(ctx, "robot", request, metav1.CreateOptions{})
	must(t, err)
	if left := time.Until(issued.Status.ExpirationTimestamp.Time); left < 10*time.Minute || left > 20*time.Minute {
		t.Errorf("the token lasts %s", left)
	}
	_, err = client.RbacV1().RoleBindings(space).Create(ctx, &rbac.RoleBinding{
		ObjectMeta: named("robot"),
		RoleRef:    rbac.RoleRef{APIGroup: rbac.GroupName, Kind: "ClusterRole", Name: "view"},
		Subjects:   []rbac.Subject{{Kind: "ServiceAccount", Namespace: space, Name: "robot"}},
	}, metav1.CreateOptions{})
	must(t, err)

	robotConfig := rest.AnonymousClientConfig(config)
	robotConfig.BearerToken = issued.Status.Token
	robot := kubernetes.NewForConfigOrDie(robotConfig)
	self, err := robot.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authentication.SelfSubjectReview{}, metav1.CreateOptions{})
	must(t, err)
	if self.Status.UserInfo.Username != "system:serviceaccount:default:robot" {
		t.Errorf("the token is %v's", self.Status.UserInfo)
	}
	_, err = robot.CoreV1().ConfigMaps(space).List(ctx, metav1.ListOptions{})
	must(t, err)
	if _, err = robot.CoreV1().Secrets(space).List(ctx, metav1.ListOptions{}); !apierrors.IsForbidden(err) {
		t.Errorf("secrets: %v", err)
	}
}

// TestAccessReviews asks what somebody may do, in protobuf.
func TestAccessReviews(t *testing.T) {
	config := server.ConfigOf(t, "root")
	config.ContentType = server.Protobuf
	reviews := kubernetes.NewForConfigOrDie(config).AuthorizationV1()
	ctx := server.Context(t)
	what := &authorization.ResourceAttributes{Verb: "delete", Resource: "secrets", Namespace: space}
	self, err := reviews.SelfSubjectAccessReviews().Create(ctx, &authorization.SelfSubjectAccessReview{
		Spec: authorization.SelfSubjectAccessReviewSpec{ResourceAttributes: what},
	}, metav1.CreateOptions{})
	must(t, err)
	other, err := reviews.SubjectAccessReviews().Create(ctx, &authorization.SubjectAccessReview{
		Spec: authorization.SubjectAccessReviewSpec{ResourceAttributes: what, User: "nobody"},
	}, metav1.CreateOptions{})
	must(t, err)
	if !self.Status.Allowed || other.Status.Allowed {
		t.Errorf("the administrator: %v, nobody: %v", self.Status, other.Status)
	}
	rules, err := reviews.SelfSubjectRulesReviews().Create(ctx, &authorization.SelfSubjectRulesReview{
		Spec: authorization.SelfSubjectRulesReviewSpec{Namespace: space},
	}, metav1.CreateOptions{})
	must(t, err)
	if len(rules.Status.ResourceRules) == 0 {
		t.Error("no rules")
	}
}

// TestEventRecorder records events about an object; repeated ones are counted.
func TestEventRecorder(t *testing.T) {
	client := kubernetes.NewForConfigOrDie(server.Config(t))
	namespace(t, client, space)
	ctx := server.Context(t)
	about, err := client.CoreV1().ConfigMaps(space).Create(ctx, &core.ConfigMap{ObjectMeta: named("subject")}, metav1.CreateOptions{})
	must(t, err)
	events, err := client.CoreV1().Events(space).Watch(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=subject,reason=Tested"})
	must(t, err)
	defer events.Stop()
	broadcaster := record.NewBroadcaster()
	defer broadcaster.Shutdown()
	broadcaster.StartRecordingToSink(&typedcore.EventSinkImpl{Interface: client.CoreV1().Events("")})
	recorder := broadcaster.NewRecorder(scheme.Scheme, core.EventSource{Component: "tester"})
	for range 2 {
		recorder.Event(about, core.EventTypeNormal, "Tested", "it works")
	}
	for event := range events.ResultChan() {
		found, ok := event.Object.(*core.Event)
		if !ok {
			t.Fatalf("%s %v", event.Type, event.Object)
		}
		if found.Count == 2 && found.InvolvedObject.UID == about.UID {
			return
		}
	}
	t.Error("the repeated event was not counted")
}

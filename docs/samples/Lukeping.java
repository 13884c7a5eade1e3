// 只用 JDK 17：换取 DPoP 令牌，申请一份评估。
// java Lukeping.java https://lukeping.example.gov.cn bank-a-1 私钥.pk8（PKCS#8，Ed25519，DER）kid 公钥x 信用代码
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

public class Lukeping {
    static final Base64.Encoder B64 = Base64.getUrlEncoder().withoutPadding();
    static PrivateKey key;

    static String b64(byte[] raw) { return B64.encodeToString(raw); }

    static String jws(String header, String claims) throws Exception {
        String said = b64(header.getBytes(StandardCharsets.UTF_8)) + "." + b64(claims.getBytes(StandardCharsets.UTF_8));
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(key);
        signer.update(said.getBytes(StandardCharsets.US_ASCII));
        return said + "." + b64(signer.sign());
    }

    static String proof(String x, String method, String url, String token) throws Exception {
        String header = "{\"typ\":\"dpop+jwt\",\"alg\":\"Ed25519\",\"jwk\":{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + x + "\"}}";
        String ath = token == null ? "" : ",\"ath\":\"" + b64(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII))) + "\"";
        return jws(header, "{\"htm\":\"" + method + "\",\"htu\":\"" + url + "\",\"iat\":" + Instant.now().getEpochSecond()
                + ",\"jti\":\"" + UUID.randomUUID() + "\"" + ath + "}");
    }

    public static void main(String[] args) throws Exception {
        String base = args[0], client = args[1], kid = args[3], x = args[4], uscc = args[5];
        key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(args[2]))));
        HttpClient http = HttpClient.newHttpClient();
        long now = Instant.now().getEpochSecond();
        String assertion = jws("{\"typ\":\"JWT\",\"alg\":\"Ed25519\",\"kid\":\"" + kid + "\"}",
                "{\"iss\":\"" + client + "\",\"sub\":\"" + client + "\",\"aud\":\"" + base + "\",\"iat\":" + now
                        + ",\"exp\":" + (now + 60) + ",\"jti\":\"" + UUID.randomUUID() + "\"}");
        String form = "grant_type=client_credentials&client_assertion_type="
                + URLEncoder.encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", StandardCharsets.UTF_8)
                + "&client_assertion=" + assertion;
        String told = http.send(HttpRequest.newBuilder(URI.create(base + "/oauth/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("DPoP", proof(x, "POST", base + "/oauth/token", null))
                .POST(HttpRequest.BodyPublishers.ofString(form)).build(), BodyHandlers.ofString()).body();
        String token = told.replaceAll(".*\"access_token\":\"([^\"]+)\".*", "$1");
        String url = base + "/v1/assessments";
        System.out.println(http.send(HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "DPoP " + token)
                .header("DPoP", proof(x, "POST", url, token))
                .header("Idempotency-Key", UUID.randomUUID().toString())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"enterprise\":{\"scheme\":\"uscc\",\"value\":\"" + uscc + "\"}}"))
                .build(), BodyHandlers.ofString()).body());
    }
}

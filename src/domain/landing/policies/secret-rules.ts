/**
 * Shapes of secrets of services: the rules of gitleaks (github.com/gitleaks/gitleaks, config/gitleaks.toml),
 * MIT License, Copyright (c) 2019 Zachary Rice. Rules that are only a name beside a value are not among them:
 * `secret-places.ts` has those. A line a rule: name, least entropy, words of which a line has one, flags, shape.
 */
const table = String.raw`
1password-secret-key ; 3.8 ; a3- ; - ; \bA3-[A-Z0-9]{6}-(?:(?:[A-Z0-9]{11})|(?:[A-Z0-9]{6}-[A-Z0-9]{5}))-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}\b
1password-service-account-token ; 4 ; ops_ ; - ; ops_eyJ[a-zA-Z0-9+/]{250,}={0,3}
adafruit-api-key ; 0 ; adafruit ; i ; [\w.-]{0,50}?(?:adafruit)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9_-]{32})(?:[\x60'"\s;]|\\[nr]|$)
adobe-client-id ; 2 ; adobe ; i ; [\w.-]{0,50}?(?:adobe)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-f0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
adobe-client-secret ; 2 ; p8e- ; i ; \b(p8e-[a-z0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
age-secret-key ; 0 ; age-secret-key-1 ; - ; AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}
airtable-api-key ; 0 ; airtable ; i ; [\w.-]{0,50}?(?:airtable)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{17})(?:[\x60'"\s;]|\\[nr]|$)
airtable-personnal-access-token ; 0 ; airtable ; - ; \b(pat[a-zA-Z0-9]{14}\.[a-f0-9]{64})\b
algolia-api-key ; 0 ; algolia ; i ; [\w.-]{0,50}?(?:algolia)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
alibaba-access-key-id ; 2 ; ltai ; i ; \b(LTAI[a-z0-9]{20})(?:[\x60'"\s;]|\\[nr]|$)
alibaba-secret-key ; 2 ; alibaba ; i ; [\w.-]{0,50}?(?:alibaba)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{30})(?:[\x60'"\s;]|\\[nr]|$)
anthropic-admin-api-key ; 0 ; sk-ant-admin01 ; - ; \b(sk-ant-admin01-[a-zA-Z0-9_-]{93}AA)(?:[\x60'"\s;]|\\[nr]|$)
anthropic-api-key ; 0 ; sk-ant-api03 ; - ; \b(sk-ant-api03-[a-zA-Z0-9_-]{93}AA)(?:[\x60'"\s;]|\\[nr]|$)
artifactory-api-key ; 4.5 ; akcp ; - ; \bAKCp[A-Za-z0-9]{69}\b
artifactory-reference-token ; 4.5 ; cmvmd ; - ; \bcmVmd[A-Za-z0-9]{59}\b
asana-client-id ; 0 ; asana ; i ; [\w.-]{0,50}?(?:asana)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([0-9]{16})(?:[\x60'"\s;]|\\[nr]|$)
asana-client-secret ; 0 ; asana ; i ; [\w.-]{0,50}?(?:asana)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
atlassian-api-token ; 3.5 ; atlassian,confluence,jira,atatt3 ; i ; [\w.-]{0,50}?(?:(?:ATLASSIAN|[Aa]tlassian)|(?:CONFLUENCE|[Cc]onfluence)|(?:JIRA|[Jj]ira))(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{20}[a-f0-9]{4})(?:[\x60'"\s;]|\\[nr]|$)|\b(ATATT3[A-Za-z0-9_\-=]{186})(?:[\x60'"\s;]|\\[nr]|$)
authress-service-client-access-key ; 2 ; sc_,ext_,scauth_,authress_ ; i ; \b((?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.(?:acc)[_-][a-z0-9-]{10,32}\.[a-z0-9+/_=-]{30,120})(?:[\x60'"\s;]|\\[nr]|$)
aws-access-token ; 3 ; a3t,akia,asia,abia,acca ; - ; \b((?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b
aws-amazon-bedrock-api-key-long-lived ; 3 ; absk ; - ; \b(ABSK[A-Za-z0-9+/]{109,269}={0,2})(?:[\x60'"\s;]|\\[nr]|$)
aws-amazon-bedrock-api-key-short-lived ; 3 ; bedrock-api-key- ; - ; bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t
azure-ad-client-secret ; 3 ; q~ ; - ; (?:^|[\\'"\x60\s>=:(,)])([a-zA-Z0-9_~.]{3}\dQ~[a-zA-Z0-9_~.-]{31,34})(?:$|[\\'"\x60\s<),])
beamer-api-token ; 0 ; beamer ; i ; [\w.-]{0,50}?(?:beamer)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(b_[a-z0-9=_-]{44})(?:[\x60'"\s;]|\\[nr]|$)
bitbucket-client-id ; 0 ; bitbucket ; i ; [\w.-]{0,50}?(?:bitbucket)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
bitbucket-client-secret ; 0 ; bitbucket ; i ; [\w.-]{0,50}?(?:bitbucket)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9=_-]{64})(?:[\x60'"\s;]|\\[nr]|$)
bittrex-access-key ; 0 ; bittrex ; i ; [\w.-]{0,50}?(?:bittrex)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
bittrex-secret-key ; 0 ; bittrex ; i ; [\w.-]{0,50}?(?:bittrex)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
cisco-meraki-api-key ; 3 ; meraki ; i ; [\w.-]{0,50}?(?:[\w.-]{0,50}?(?:(?:[Mm]eraki|MERAKI))(?:[ \t\w.-]{0,20})[\s'"]{0,3})(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([0-9a-f]{40})(?:[\x60'"\s;]|\\[nr]|$)
clickhouse-cloud-api-secret-key ; 3 ; 4b1d ; - ; \b(4b1d[A-Za-z0-9]{38})\b
clojars-api-token ; 2 ; clojars_ ; i ; CLOJARS_[a-z0-9]{60}
cloudflare-api-key ; 2 ; cloudflare ; i ; [\w.-]{0,50}?(?:cloudflare)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9_-]{40})(?:[\x60'"\s;]|\\[nr]|$)
cloudflare-global-api-key ; 2 ; cloudflare ; i ; [\w.-]{0,50}?(?:cloudflare)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-f0-9]{37})(?:[\x60'"\s;]|\\[nr]|$)
cloudflare-origin-ca-key ; 2 ; cloudflare,v1.0- ; - ; \b(v1\.0-[a-f0-9]{24}-[a-f0-9]{146})(?:[\x60'"\s;]|\\[nr]|$)
codecov-access-token ; 0 ; codecov ; i ; [\w.-]{0,50}?(?:codecov)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
cohere-api-token ; 4 ; cohere,co_api_key ; i ; [\w.-]{0,50}?(?:[\w.-]{0,50}?(?:cohere|CO_API_KEY)(?:[ \t\w.-]{0,20})[\s'"]{0,3})(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-zA-Z0-9]{40})(?:[\x60'"\s;]|\\[nr]|$)
coinbase-access-token ; 0 ; coinbase ; i ; [\w.-]{0,50}?(?:coinbase)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9_-]{64})(?:[\x60'"\s;]|\\[nr]|$)
confluent-access-token ; 0 ; confluent ; i ; [\w.-]{0,50}?(?:confluent)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{16})(?:[\x60'"\s;]|\\[nr]|$)
confluent-secret-key ; 0 ; confluent ; i ; [\w.-]{0,50}?(?:confluent)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{64})(?:[\x60'"\s;]|\\[nr]|$)
contentful-delivery-api-token ; 0 ; contentful ; i ; [\w.-]{0,50}?(?:contentful)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9=_-]{43})(?:[\x60'"\s;]|\\[nr]|$)
databricks-api-token ; 3 ; dapi ; - ; \b(dapi[a-f0-9]{32}(?:-\d)?)(?:[\x60'"\s;]|\\[nr]|$)
datadog-access-token ; 0 ; datadog ; i ; [\w.-]{0,50}?(?:datadog)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{40})(?:[\x60'"\s;]|\\[nr]|$)
defined-networking-api-token ; 0 ; dnkey ; i ; [\w.-]{0,50}?(?:dnkey)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(dnkey-[a-z0-9=_-]{26}-[a-z0-9=_-]{52})(?:[\x60'"\s;]|\\[nr]|$)
digitalocean-access-token ; 3 ; doo_v1_ ; - ; \b(doo_v1_[a-f0-9]{64})(?:[\x60'"\s;]|\\[nr]|$)
digitalocean-pat ; 3 ; dop_v1_ ; - ; \b(dop_v1_[a-f0-9]{64})(?:[\x60'"\s;]|\\[nr]|$)
digitalocean-refresh-token ; 0 ; dor_v1_ ; i ; \b(dor_v1_[a-f0-9]{64})(?:[\x60'"\s;]|\\[nr]|$)
discord-api-token ; 0 ; discord ; i ; [\w.-]{0,50}?(?:discord)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-f0-9]{64})(?:[\x60'"\s;]|\\[nr]|$)
discord-client-id ; 2 ; discord ; i ; [\w.-]{0,50}?(?:discord)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([0-9]{18})(?:[\x60'"\s;]|\\[nr]|$)
discord-client-secret ; 2 ; discord ; i ; [\w.-]{0,50}?(?:discord)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9=_-]{32})(?:[\x60'"\s;]|\\[nr]|$)
doppler-api-token ; 2 ; dp.pt. ; i ; dp\.pt\.[a-z0-9]{43}
droneci-access-token ; 0 ; droneci ; i ; [\w.-]{0,50}?(?:droneci)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
dropbox-api-token ; 0 ; dropbox ; i ; [\w.-]{0,50}?(?:dropbox)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{15})(?:[\x60'"\s;]|\\[nr]|$)
dropbox-long-lived-api-token ; 0 ; dropbox ; i ; [\w.-]{0,50}?(?:dropbox)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{11}(AAAAAAAAAA)[a-z0-9\-_=]{43})(?:[\x60'"\s;]|\\[nr]|$)
dropbox-short-lived-api-token ; 0 ; dropbox ; i ; [\w.-]{0,50}?(?:dropbox)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(sl\.[a-z0-9\-=_]{135})(?:[\x60'"\s;]|\\[nr]|$)
duffel-api-token ; 2 ; duffel_ ; i ; duffel_(?:test|live)_[a-z0-9_\-=]{43}
dynatrace-api-token ; 4 ; dt0c01. ; i ; dt0c01\.[a-z0-9]{24}\.[a-z0-9]{64}
easypost-api-token ; 2 ; ezak ; i ; \bEZAK[a-z0-9]{54}\b
easypost-test-api-token ; 2 ; eztk ; i ; \bEZTK[a-z0-9]{54}\b
etsy-access-token ; 3 ; etsy ; i ; [\w.-]{0,50}?(?:(?:ETSY|[Ee]tsy))(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{24})(?:[\x60'"\s;]|\\[nr]|$)
facebook-access-token ; 3 ; facebook ; i ; \b(\d{15,16}(\||%)[0-9a-z\-_]{27,40})(?:[\x60'"\s;]|\\[nr]|$)
facebook-page-access-token ; 4 ; eaam,eaac ; i ; \b(EAA[MC][a-z0-9]{100,})(?:[\x60'"\s;]|\\[nr]|$)
facebook-secret ; 3 ; facebook ; i ; [\w.-]{0,50}?(?:facebook)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-f0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
fastly-api-token ; 0 ; fastly ; i ; [\w.-]{0,50}?(?:fastly)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9=_-]{32})(?:[\x60'"\s;]|\\[nr]|$)
finicity-api-token ; 0 ; finicity ; i ; [\w.-]{0,50}?(?:finicity)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-f0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
finicity-client-secret ; 0 ; finicity ; i ; [\w.-]{0,50}?(?:finicity)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{20})(?:[\x60'"\s;]|\\[nr]|$)
finnhub-access-token ; 0 ; finnhub ; i ; [\w.-]{0,50}?(?:finnhub)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{20})(?:[\x60'"\s;]|\\[nr]|$)
flickr-access-token ; 0 ; flickr ; i ; [\w.-]{0,50}?(?:flickr)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
flutterwave-encryption-key ; 2 ; flwseck_test ; i ; FLWSECK_TEST-[a-h0-9]{12}
flutterwave-public-key ; 2 ; flwpubk_test ; i ; FLWPUBK_TEST-[a-h0-9]{32}-X
flutterwave-secret-key ; 2 ; flwseck_test ; i ; FLWSECK_TEST-[a-h0-9]{32}-X
flyio-access-token ; 4 ; fo1_,fm1,fm2_ ; - ; \b((?:fo1_[\w-]{43}|fm1[ar]_[a-zA-Z0-9+/]{100,}={0,3}|fm2_[a-zA-Z0-9+/]{100,}={0,3}))(?:[\x60'"\s;]|\\[nr]|$)
frameio-api-token ; 0 ; fio-u- ; i ; fio-u-[a-z0-9\-_=]{64}
freemius-secret-key ; 0 ; secret_key ; i ; ["']secret_key["']\s*=>\s*["'](sk_[\S]{29})["']
freshbooks-access-token ; 0 ; freshbooks ; i ; [\w.-]{0,50}?(?:freshbooks)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{64})(?:[\x60'"\s;]|\\[nr]|$)
gcp-api-key ; 4 ; aiza ; - ; \b(AIza[\w-]{35})(?:[\x60'"\s;]|\\[nr]|$)
github-app-token ; 3 ; ghu_,ghs_ ; - ; (?:ghu|ghs)_[0-9a-zA-Z]{36}
github-fine-grained-pat ; 3 ; github_pat_ ; - ; github_pat_\w{82}
github-oauth ; 3 ; gho_ ; - ; gho_[0-9a-zA-Z]{36}
github-pat ; 3 ; ghp_ ; - ; ghp_[0-9a-zA-Z]{36}
github-refresh-token ; 3 ; ghr_ ; - ; ghr_[0-9a-zA-Z]{36}
gitlab-cicd-job-token ; 3 ; glcbt- ; - ; glcbt-[0-9a-zA-Z]{1,5}_[0-9a-zA-Z_-]{20}
gitlab-deploy-token ; 3 ; gldt- ; - ; gldt-[0-9a-zA-Z_-]{20}
gitlab-feature-flag-client-token ; 3 ; glffct- ; - ; glffct-[0-9a-zA-Z_-]{20}
gitlab-feed-token ; 3 ; glft- ; - ; glft-[0-9a-zA-Z_-]{20}
gitlab-incoming-mail-token ; 3 ; glimt- ; - ; glimt-[0-9a-zA-Z_-]{25}
gitlab-kubernetes-agent-token ; 3 ; glagent- ; - ; glagent-[0-9a-zA-Z_-]{50}
gitlab-oauth-app-secret ; 3 ; gloas- ; - ; gloas-[0-9a-zA-Z_-]{64}
gitlab-pat ; 3 ; glpat- ; - ; glpat-[\w-]{20}
gitlab-pat-routable ; 4 ; glpat- ; - ; \bglpat-[0-9a-zA-Z_-]{27,300}\.[0-9a-z]{2}[0-9a-z]{7}\b
gitlab-ptt ; 3 ; glptt- ; - ; glptt-[0-9a-f]{40}
gitlab-rrt ; 3 ; gr1348941 ; - ; GR1348941[\w-]{20}
gitlab-runner-authentication-token ; 3 ; glrt- ; - ; glrt-[0-9a-zA-Z_-]{20}
gitlab-runner-authentication-token-routable ; 4 ; glrt- ; - ; \bglrt-t\d_[0-9a-zA-Z_-]{27,300}\.[0-9a-z]{2}[0-9a-z]{7}\b
gitlab-scim-token ; 3 ; glsoat- ; - ; glsoat-[0-9a-zA-Z_-]{20}
gitlab-session-cookie ; 3 ; _gitlab_session= ; - ; _gitlab_session=[0-9a-z]{32}
gitter-access-token ; 0 ; gitter ; i ; [\w.-]{0,50}?(?:gitter)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9_-]{40})(?:[\x60'"\s;]|\\[nr]|$)
gocardless-api-token ; 0 ; live_,gocardless ; i ; [\w.-]{0,50}?(?:gocardless)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(live_[a-z0-9\-_=]{40})(?:[\x60'"\s;]|\\[nr]|$)
grafana-api-key ; 3 ; eyjrijoi ; i ; \b(eyJrIjoi[A-Za-z0-9]{70,400}={0,3})(?:[\x60'"\s;]|\\[nr]|$)
grafana-cloud-api-token ; 3 ; glc_ ; i ; \b(glc_[A-Za-z0-9+/]{32,400}={0,3})(?:[\x60'"\s;]|\\[nr]|$)
grafana-service-account-token ; 3 ; glsa_ ; i ; \b(glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8})(?:[\x60'"\s;]|\\[nr]|$)
harness-api-key ; 0 ; pat.,sat. ; - ; (?:pat|sat)\.[a-zA-Z0-9_-]{22}\.[a-zA-Z0-9]{24}\.[a-zA-Z0-9]{20}
hashicorp-tf-api-token ; 3.5 ; atlasv1 ; i ; [a-z0-9]{14}\.(?:atlasv1)\.[a-z0-9\-_=]{60,70}
heroku-api-key ; 0 ; heroku ; i ; [\w.-]{0,50}?(?:heroku)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:[\x60'"\s;]|\\[nr]|$)
heroku-api-key-v2 ; 4 ; hrku-aa ; - ; \b((HRKU-AA[0-9a-zA-Z_-]{58}))(?:[\x60'"\s;]|\\[nr]|$)
hubspot-api-key ; 0 ; hubspot ; i ; [\w.-]{0,50}?(?:hubspot)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12})(?:[\x60'"\s;]|\\[nr]|$)
huggingface-access-token ; 2 ; hf_ ; i ; \b(hf_(?:[a-z]{34}))(?:[\x60'"\s;]|\\[nr]|$)
huggingface-organization-api-token ; 2 ; api_org_ ; i ; \b(api_org_(?:[a-z]{34}))(?:[\x60'"\s;]|\\[nr]|$)
infracost-api-token ; 3 ; ico- ; - ; \b(ico-[a-zA-Z0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
intercom-api-key ; 0 ; intercom ; i ; [\w.-]{0,50}?(?:intercom)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9=_-]{60})(?:[\x60'"\s;]|\\[nr]|$)
intra42-client-secret ; 3 ; intra,s-s4t2ud-,s-s4t2af- ; i ; \b(s-s4t2(?:ud|af)-[abcdef0123456789]{64})(?:[\x60'"\s;]|\\[nr]|$)
jfrog-api-key ; 0 ; jfrog,artifactory,bintray,xray ; i ; [\w.-]{0,50}?(?:jfrog|artifactory|bintray|xray)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{73})(?:[\x60'"\s;]|\\[nr]|$)
jfrog-identity-token ; 0 ; jfrog,artifactory,bintray,xray ; i ; [\w.-]{0,50}?(?:jfrog|artifactory|bintray|xray)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{64})(?:[\x60'"\s;]|\\[nr]|$)
jwt ; 3 ; ey ; - ; \b(ey[a-zA-Z0-9]{17,}\.ey[a-zA-Z0-9/\\_-]{17,}\.(?:[a-zA-Z0-9/\\_-]{10,}={0,2})?)(?:[\x60'"\s;]|\\[nr]|$)
kraken-access-token ; 0 ; kraken ; i ; [\w.-]{0,50}?(?:kraken)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9/=_+-]{80,90})(?:[\x60'"\s;]|\\[nr]|$)
kucoin-access-token ; 0 ; kucoin ; i ; [\w.-]{0,50}?(?:kucoin)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-f0-9]{24})(?:[\x60'"\s;]|\\[nr]|$)
kucoin-secret-key ; 0 ; kucoin ; i ; [\w.-]{0,50}?(?:kucoin)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:[\x60'"\s;]|\\[nr]|$)
launchdarkly-access-token ; 0 ; launchdarkly ; i ; [\w.-]{0,50}?(?:launchdarkly)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9=_-]{40})(?:[\x60'"\s;]|\\[nr]|$)
linear-api-key ; 2 ; lin_api_ ; i ; lin_api_[a-z0-9]{40}
linear-client-secret ; 2 ; linear ; i ; [\w.-]{0,50}?(?:linear)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-f0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
linkedin-client-id ; 2 ; linkedin,linked_in,linked-in ; i ; [\w.-]{0,50}?(?:linked[_-]?in)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{14})(?:[\x60'"\s;]|\\[nr]|$)
linkedin-client-secret ; 2 ; linkedin,linked_in,linked-in ; i ; [\w.-]{0,50}?(?:linked[_-]?in)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{16})(?:[\x60'"\s;]|\\[nr]|$)
lob-api-key ; 0 ; test_,live_ ; i ; [\w.-]{0,50}?(?:lob)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}((live|test)_[a-f0-9]{35})(?:[\x60'"\s;]|\\[nr]|$)
lob-pub-api-key ; 0 ; test_pub,live_pub,_pub ; i ; [\w.-]{0,50}?(?:lob)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}((test|live)_pub_[a-f0-9]{31})(?:[\x60'"\s;]|\\[nr]|$)
looker-client-id ; 0 ; looker ; i ; [\w.-]{0,50}?(?:looker)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{20})(?:[\x60'"\s;]|\\[nr]|$)
looker-client-secret ; 0 ; looker ; i ; [\w.-]{0,50}?(?:looker)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{24})(?:[\x60'"\s;]|\\[nr]|$)
mailchimp-api-key ; 0 ; mailchimp ; i ; [\w.-]{0,50}?(?:MailchimpSDK.initialize|mailchimp)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-f0-9]{32}-us\d\d)(?:[\x60'"\s;]|\\[nr]|$)
mailgun-private-api-token ; 0 ; mailgun ; i ; [\w.-]{0,50}?(?:mailgun)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(key-[a-f0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
mailgun-pub-key ; 0 ; mailgun ; i ; [\w.-]{0,50}?(?:mailgun)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(pubkey-[a-f0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
mailgun-signing-key ; 0 ; mailgun ; i ; [\w.-]{0,50}?(?:mailgun)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-h0-9]{32}-[a-h0-9]{8}-[a-h0-9]{8})(?:[\x60'"\s;]|\\[nr]|$)
mapbox-api-token ; 0 ; mapbox ; i ; [\w.-]{0,50}?(?:mapbox)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(pk\.[a-z0-9]{60}\.[a-z0-9]{22})(?:[\x60'"\s;]|\\[nr]|$)
mattermost-access-token ; 0 ; mattermost ; i ; [\w.-]{0,50}?(?:mattermost)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{26})(?:[\x60'"\s;]|\\[nr]|$)
maxmind-license-key ; 4 ; _mmk ; - ; \b([A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)(?:[\x60'"\s;]|\\[nr]|$)
messagebird-api-token ; 0 ; messagebird,message-bird,message_bird ; i ; [\w.-]{0,50}?(?:message[_-]?bird)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{25})(?:[\x60'"\s;]|\\[nr]|$)
messagebird-client-id ; 0 ; messagebird,message-bird,message_bird ; i ; [\w.-]{0,50}?(?:message[_-]?bird)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:[\x60'"\s;]|\\[nr]|$)
microsoft-teams-webhook ; 0 ; webhook.office.com,webhookb2,incomingwebhook ; - ; https:\/\/[a-z0-9]+\.webhook\.office\.com\/webhookb2\/[a-z0-9]{8}-([a-z0-9]{4}-){3}[a-z0-9]{12}@[a-z0-9]{8}-([a-z0-9]{4}-){3}[a-z0-9]{12}\/IncomingWebhook\/[a-z0-9]{32}\/[a-z0-9]{8}-([a-z0-9]{4}-){3}[a-z0-9]{12}
netlify-access-token ; 0 ; netlify ; i ; [\w.-]{0,50}?(?:netlify)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9=_-]{40,46})(?:[\x60'"\s;]|\\[nr]|$)
new-relic-browser-api-token ; 0 ; nrjs- ; i ; [\w.-]{0,50}?(?:new-relic|newrelic|new_relic)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(NRJS-[a-f0-9]{19})(?:[\x60'"\s;]|\\[nr]|$)
new-relic-insert-key ; 0 ; nrii- ; i ; [\w.-]{0,50}?(?:new-relic|newrelic|new_relic)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(NRII-[a-z0-9-]{32})(?:[\x60'"\s;]|\\[nr]|$)
new-relic-user-api-id ; 0 ; new-relic,newrelic,new_relic ; i ; [\w.-]{0,50}?(?:new-relic|newrelic|new_relic)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{64})(?:[\x60'"\s;]|\\[nr]|$)
new-relic-user-api-key ; 0 ; nrak ; i ; [\w.-]{0,50}?(?:new-relic|newrelic|new_relic)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(NRAK-[a-z0-9]{27})(?:[\x60'"\s;]|\\[nr]|$)
notion-api-token ; 4 ; ntn_ ; - ; \b(ntn_[0-9]{11}[A-Za-z0-9]{32}[A-Za-z0-9]{3})(?:[\x60'"\s;]|\\[nr]|$)
npm-access-token ; 2 ; npm_ ; i ; \b(npm_[a-z0-9]{36})(?:[\x60'"\s;]|\\[nr]|$)
nuget-config-password ; 1 ; <add key= ; i ; <add key="(?:(?:ClearText)?Password)"\s*value="(.{8,})"\s*\/>
nytimes-access-token ; 0 ; nytimes,new-york-times,newyorktimes ; i ; [\w.-]{0,50}?(?:nytimes|new-york-times,|newyorktimes)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9=_-]{32})(?:[\x60'"\s;]|\\[nr]|$)
octopus-deploy-api-key ; 3 ; api- ; - ; \b(API-[A-Z0-9]{26})(?:[\x60'"\s;]|\\[nr]|$)
okta-access-token ; 4 ; okta ; i ; [\w.-]{0,50}?(?:[\w.-]{0,50}?(?:(?:[Oo]kta|OKTA))(?:[ \t\w.-]{0,20})[\s'"]{0,3})(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(00[\w=-]{40})(?:[\x60'"\s;]|\\[nr]|$)
openai-api-key ; 3 ; t3blbkfj ; - ; \b(sk-(?:proj|svcacct|admin)-(?:[A-Za-z0-9_-]{74}|[A-Za-z0-9_-]{58})T3BlbkFJ(?:[A-Za-z0-9_-]{74}|[A-Za-z0-9_-]{58})\b|sk-[a-zA-Z0-9]{20}T3BlbkFJ[a-zA-Z0-9]{20})(?:[\x60'"\s;]|\\[nr]|$)
openshift-user-token ; 3.5 ; sha256~ ; - ; \b(sha256~[\w-]{43})(?:[^\w-]|$)
perplexity-api-key ; 4 ; pplx- ; - ; \b(pplx-[a-zA-Z0-9]{48})(?:[\x60'"\s;]|\\[nr]|$|\b)
plaid-api-token ; 0 ; plaid ; i ; [\w.-]{0,50}?(?:plaid)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(access-(?:sandbox|development|production)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:[\x60'"\s;]|\\[nr]|$)
plaid-client-id ; 3.5 ; plaid ; i ; [\w.-]{0,50}?(?:plaid)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{24})(?:[\x60'"\s;]|\\[nr]|$)
plaid-secret-key ; 3.5 ; plaid ; i ; [\w.-]{0,50}?(?:plaid)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{30})(?:[\x60'"\s;]|\\[nr]|$)
planetscale-api-token ; 3 ; pscale_tkn_ ; i ; \b(pscale_tkn_[\w=.-]{32,64})(?:[\x60'"\s;]|\\[nr]|$)
planetscale-oauth-token ; 3 ; pscale_oauth_ ; - ; \b(pscale_oauth_[\w=.-]{32,64})(?:[\x60'"\s;]|\\[nr]|$)
planetscale-password ; 3 ; pscale_pw_ ; i ; \b(pscale_pw_[\w=.-]{32,64})(?:[\x60'"\s;]|\\[nr]|$)
postman-api-token ; 3 ; pmak- ; i ; \b(PMAK-[a-f0-9]{24}-[a-f0-9]{34})(?:[\x60'"\s;]|\\[nr]|$)
prefect-api-token ; 2 ; pnu_ ; - ; \b(pnu_[a-zA-Z0-9]{36})(?:[\x60'"\s;]|\\[nr]|$)
privateai-api-token ; 3 ; privateai,private_ai,private-ai ; i ; [\w.-]{0,50}?(?:[\w.-]{0,50}?(?:private[_-]?ai)(?:[ \t\w.-]{0,20})[\s'"]{0,3})(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{32})(?:[\x60'"\s;]|\\[nr]|$)
pulumi-api-token ; 2 ; pul- ; - ; \b(pul-[a-f0-9]{40})(?:[\x60'"\s;]|\\[nr]|$)
pypi-upload-token ; 3 ; pypi-ageichlwas5vcmc ; - ; pypi-AgEIcHlwaS5vcmc[\w-]{50,1000}
rapidapi-access-token ; 0 ; rapidapi ; i ; [\w.-]{0,50}?(?:rapidapi)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9_-]{50})(?:[\x60'"\s;]|\\[nr]|$)
readme-api-token ; 2 ; rdme_ ; - ; \b(rdme_[a-z0-9]{70})(?:[\x60'"\s;]|\\[nr]|$)
rubygems-api-token ; 2 ; rubygems_ ; - ; \b(rubygems_[a-f0-9]{48})(?:[\x60'"\s;]|\\[nr]|$)
scalingo-api-token ; 2 ; tk-us- ; - ; \b(tk-us-[\w-]{48})(?:[\x60'"\s;]|\\[nr]|$)
sendbird-access-id ; 0 ; sendbird ; i ; [\w.-]{0,50}?(?:sendbird)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:[\x60'"\s;]|\\[nr]|$)
sendbird-access-token ; 0 ; sendbird ; i ; [\w.-]{0,50}?(?:sendbird)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-f0-9]{40})(?:[\x60'"\s;]|\\[nr]|$)
sendgrid-api-token ; 2 ; sg. ; i ; \b(SG\.[a-z0-9=_\-.]{66})(?:[\x60'"\s;]|\\[nr]|$)
sendinblue-api-token ; 2 ; xkeysib- ; i ; \b(xkeysib-[a-f0-9]{64}-[a-z0-9]{16})(?:[\x60'"\s;]|\\[nr]|$)
sentry-access-token ; 3 ; sentry ; i ; [\w.-]{0,50}?(?:sentry)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-f0-9]{64})(?:[\x60'"\s;]|\\[nr]|$)
sentry-org-token ; 4.5 ; sntrys_eyjpyxqio ; - ; \bsntrys_eyJpYXQiO[a-zA-Z0-9+/]{10,200}(?:LCJyZWdpb25fdXJs|InJlZ2lvbl91cmwi|cmVnaW9uX3VybCI6)[a-zA-Z0-9+/]{10,200}={0,2}_[a-zA-Z0-9+/]{43}(?:[^a-zA-Z0-9+/]|$)
sentry-user-token ; 3.5 ; sntryu_ ; - ; \b(sntryu_[a-f0-9]{64})(?:[\x60'"\s;]|\\[nr]|$)
settlemint-application-access-token ; 3 ; sm_aat ; - ; \b(sm_aat_[a-zA-Z0-9]{16})(?:[\x60'"\s;]|\\[nr]|$)
settlemint-personal-access-token ; 3 ; sm_pat ; - ; \b(sm_pat_[a-zA-Z0-9]{16})(?:[\x60'"\s;]|\\[nr]|$)
settlemint-service-access-token ; 3 ; sm_sat ; - ; \b(sm_sat_[a-zA-Z0-9]{16})(?:[\x60'"\s;]|\\[nr]|$)
shippo-api-token ; 2 ; shippo_ ; - ; \b(shippo_(?:live|test)_[a-fA-F0-9]{40})(?:[\x60'"\s;]|\\[nr]|$)
shopify-access-token ; 2 ; shpat_ ; - ; shpat_[a-fA-F0-9]{32}
shopify-custom-access-token ; 2 ; shpca_ ; - ; shpca_[a-fA-F0-9]{32}
shopify-private-app-access-token ; 2 ; shppa_ ; - ; shppa_[a-fA-F0-9]{32}
shopify-shared-secret ; 2 ; shpss_ ; - ; shpss_[a-fA-F0-9]{32}
sidekiq-secret ; 0 ; bundle_enterprise__contribsys__com,bundle_gems__contribsys__com ; i ; [\w.-]{0,50}?(?:BUNDLE_ENTERPRISE__CONTRIBSYS__COM|BUNDLE_GEMS__CONTRIBSYS__COM)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-f0-9]{8}:[a-f0-9]{8})(?:[\x60'"\s;]|\\[nr]|$)
slack-app-token ; 2 ; xapp ; i ; xapp-\d-[A-Z0-9]+-\d+-[a-z0-9]+
slack-bot-token ; 3 ; xoxb ; - ; xoxb-[0-9]{10,13}-[0-9]{10,13}[a-zA-Z0-9-]*
slack-config-access-token ; 2 ; xoxe.xoxb-,xoxe.xoxp- ; i ; xoxe.xox[bp]-\d-[A-Z0-9]{163,166}
slack-config-refresh-token ; 2 ; xoxe- ; i ; xoxe-\d-[A-Z0-9]{146}
slack-legacy-bot-token ; 2 ; xoxb ; - ; xoxb-[0-9]{8,14}-[a-zA-Z0-9]{18,26}
slack-legacy-token ; 2 ; xoxo,xoxs ; - ; xox[os]-\d+-\d+-\d+-[a-fA-F\d]+
slack-legacy-workspace-token ; 2 ; xoxa,xoxr ; - ; xox[ar]-(?:\d-)?[0-9a-zA-Z]{8,48}
slack-user-token ; 2 ; xoxp-,xoxe- ; - ; xox[pe](?:-[0-9]{10,13}){3}-[a-zA-Z0-9-]{28,34}
slack-webhook-url ; 0 ; hooks.slack.com ; - ; (?:https?:\/\/)?hooks.slack.com\/(?:services|workflows|triggers)\/[A-Za-z0-9+/]{43,56}
snyk-api-token ; 0 ; snyk ; i ; [\w.-]{0,50}?(?:snyk[_.-]?(?:(?:api|oauth)[_.-]?)?(?:key|token))(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:[\x60'"\s;]|\\[nr]|$)
sonar-api-token ; 0 ; sonar ; i ; [\w.-]{0,50}?(?:sonar[_.-]?(login|token))(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}((?:squ_|sqp_|sqa_)?[a-z0-9=_-]{40})(?:[\x60'"\s;]|\\[nr]|$)
sourcegraph-access-token ; 3 ; sgp_,sourcegraph ; i ; \b(\b(sgp_(?:[a-fA-F0-9]{16}|local)_[a-fA-F0-9]{40}|sgp_[a-fA-F0-9]{40}|[a-fA-F0-9]{40})\b)(?:[\x60'"\s;]|\\[nr]|$)
square-access-token ; 2 ; sq0atp-,eaaa ; - ; \b((?:EAAA|sq0atp-)[\w-]{22,60})(?:[\x60'"\s;]|\\[nr]|$)
squarespace-access-token ; 0 ; squarespace ; i ; [\w.-]{0,50}?(?:squarespace)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:[\x60'"\s;]|\\[nr]|$)
stripe-access-token ; 2 ; sk_test,sk_live,sk_prod,rk_test,rk_live,rk_prod ; - ; \b((?:sk|rk)_(?:test|live|prod)_[a-zA-Z0-9]{10,99})(?:[\x60'"\s;]|\\[nr]|$)
sumologic-access-token ; 3 ; sumo ; i ; [\w.-]{0,50}?(?:(?:[Ss]umo|SUMO))(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{64})(?:[\x60'"\s;]|\\[nr]|$)
telegram-bot-api-token ; 0 ; telegr ; i ; [\w.-]{0,50}?(?:telegr)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([0-9]{5,16}:(?:A)[a-z0-9_-]{34})(?:[\x60'"\s;]|\\[nr]|$)
travisci-access-token ; 0 ; travis ; i ; [\w.-]{0,50}?(?:travis)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{22})(?:[\x60'"\s;]|\\[nr]|$)
twilio-api-key ; 3 ; sk ; - ; SK[0-9a-fA-F]{32}
twitch-api-token ; 0 ; twitch ; i ; [\w.-]{0,50}?(?:twitch)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{30})(?:[\x60'"\s;]|\\[nr]|$)
twitter-access-secret ; 0 ; twitter ; i ; [\w.-]{0,50}?(?:twitter)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{45})(?:[\x60'"\s;]|\\[nr]|$)
twitter-access-token ; 0 ; twitter ; i ; [\w.-]{0,50}?(?:twitter)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([0-9]{15,25}-[a-zA-Z0-9]{20,40})(?:[\x60'"\s;]|\\[nr]|$)
twitter-api-key ; 0 ; twitter ; i ; [\w.-]{0,50}?(?:twitter)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{25})(?:[\x60'"\s;]|\\[nr]|$)
twitter-api-secret ; 0 ; twitter ; i ; [\w.-]{0,50}?(?:twitter)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{50})(?:[\x60'"\s;]|\\[nr]|$)
twitter-bearer-token ; 0 ; twitter ; i ; [\w.-]{0,50}?(?:twitter)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(A{22}[a-zA-Z0-9%]{80,100})(?:[\x60'"\s;]|\\[nr]|$)
typeform-api-token ; 0 ; tfp_ ; i ; [\w.-]{0,50}?(?:typeform)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(tfp_[a-z0-9\-_.=]{59})(?:[\x60'"\s;]|\\[nr]|$)
vault-batch-token ; 4 ; hvb. ; - ; \b(hvb\.[\w-]{138,300})(?:[\x60'"\s;]|\\[nr]|$)
vault-service-token ; 3.5 ; hvs.,s. ; i ; \b((?:hvs\.[\w-]{90,120}|s\.(?:[a-z0-9]{24})))(?:[\x60'"\s;]|\\[nr]|$)
yandex-access-token ; 0 ; yandex ; i ; [\w.-]{0,50}?(?:yandex)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(t1\.[A-Z0-9a-z_-]+[=]{0,2}\.[A-Z0-9a-z_-]{86}[=]{0,2})(?:[\x60'"\s;]|\\[nr]|$)
yandex-api-key ; 0 ; yandex ; i ; [\w.-]{0,50}?(?:yandex)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(AQVN[A-Za-z0-9_-]{35,38})(?:[\x60'"\s;]|\\[nr]|$)
yandex-aws-access-token ; 0 ; yandex ; i ; [\w.-]{0,50}?(?:yandex)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}(YC[a-zA-Z0-9_-]{38})(?:[\x60'"\s;]|\\[nr]|$)
zendesk-secret-key ; 0 ; zendesk ; i ; [\w.-]{0,50}?(?:zendesk)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{40})(?:[\x60'"\s;]|\\[nr]|$)
`;

interface SecretRule {
  name: string;
  entropy: number;
  words: readonly string[];
  shape: RegExp;
}

let read: SecretRule[] | undefined;

/** The rules; read when they are first asked for. */
function secretRules(): readonly SecretRule[] {
  read ??= table
    .trim()
    .split('\n')
    .map((row) => {
      const [name = '', entropy = '0', words = '', flags = '', ...shape] = row.split(' ; ');
      return {
        name,
        entropy: Number(entropy),
        words: words.split(','),
        shape: new RegExp(shape.join(' ; '), flags === '-' ? '' : flags),
      };
    });
  return read;
}

/** Bits of each character, by how often it stands there. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const many of counts.values()) bits -= (many / text.length) * Math.log2(many / text.length);
  return bits;
}

/** What in a line has the shape of some service's secret, rule by rule, where it is as random as one. */
export function* ruleValues(line: string): Generator<{ name: string; value: string }> {
  const lower = line.toLowerCase();
  for (const { name, entropy, words, shape } of secretRules()) {
    if (!words.some((word) => lower.includes(word))) continue;
    const match = shape.exec(line);
    const value = match?.slice(1).find((group) => group !== undefined && group !== '') ?? match?.[0];
    if (value !== undefined && entropyOf(value) >= Math.max(entropy, 2)) yield { name, value };
  }
}

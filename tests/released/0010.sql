BEGIN TRANSACTION;
CREATE TABLE accounts (
	id VARCHAR(32) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	email VARCHAR(320) NOT NULL, 
	password VARCHAR(300) NOT NULL, 
	issuer VARCHAR(300) NOT NULL, 
	subject VARCHAR(300) NOT NULL, 
	ended_before DATETIME NOT NULL, 
	made_on DATE NOT NULL, 
	disabled_on DATE, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_accounts PRIMARY KEY (id), 
	CONSTRAINT uq_accounts_email UNIQUE (email)
);
INSERT INTO "accounts" VALUES('acc00000000000000000000000000001','Ann','ann@example.org','','','','2026-03-01 00:00:00.000000','2026-03-01',NULL,0);
CREATE TABLE action_steps (
	action VARCHAR(32) NOT NULL, 
	number INTEGER NOT NULL, 
	day DATE NOT NULL, 
	"by" VARCHAR(80) NOT NULL, 
	what VARCHAR(20) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	words VARCHAR NOT NULL, 
	CONSTRAINT pk_action_steps PRIMARY KEY (action, number), 
	CONSTRAINT fk_action_steps_action_actions FOREIGN KEY(action) REFERENCES actions (id) ON DELETE CASCADE
);
INSERT INTO "action_steps" VALUES('act00000000000000000000000000001',1,'2026-03-01','acc00000000000000000000000000001','made','planned','');
INSERT INTO "action_steps" VALUES('act00000000000000000000000000001',2,'2026-03-02','acc00000000000000000000000000001','state','doing','');
CREATE TABLE actions (
	id VARCHAR(32) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	title VARCHAR(300) NOT NULL, 
	source VARCHAR(20) NOT NULL, 
	about VARCHAR(300) NOT NULL, 
	measure JSON, 
	baseline JSON NOT NULL, 
	expected FLOAT, 
	by_run VARCHAR(120) NOT NULL, 
	evidence JSON NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	owner VARCHAR(80) NOT NULL, 
	due DATE NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	words_learners VARCHAR NOT NULL, 
	words_employers VARCHAR NOT NULL, 
	told_on DATE, 
	effect JSON, 
	"by" VARCHAR(80) NOT NULL, 
	made_on DATE NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_actions PRIMARY KEY (id), 
	CONSTRAINT fk_actions_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug)
);
INSERT INTO "actions" VALUES('act00000000000000000000000000001','data-badge','Two weeks of preparation','question','pace','{"kind": "question", "audience": "learner", "id": "pace", "item": ""}','{"name": "The pace was:", "people": 40, "share": 0.5, "low": 0.4, "high": 0.6}',0.5,'','{"form": 1, "action": {"id": "act00000000000000000000000000001", "credential": "data-badge", "title": "Two weeks of preparation", "source": "question", "about": "pace", "measure": {"kind": "question", "audience": "learner", "id": "pace", "item": ""}, "baseline": {"name": "The pace was:", "people": 40, "share": 0.5, "low": 0.4, "high": 0.6}, "expected": 0.5, "by_run": "", "by": "acc00000000000000000000000000001", "made_on": "2026-03-01"}, "release": 1, "findings": []}','9f337b179bd5b07ac12b13ed8515c47d7c7e96af2c3f1c35034b63427abb46ee','acc00000000000000000000000000001','2026-06-01','doing','You said it went too fast.','','2026-03-05',NULL,'acc00000000000000000000000000001','2026-03-01',0);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0010');
CREATE TABLE alignments (
	slug VARCHAR(80) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	skill VARCHAR(80) NOT NULL, 
	module VARCHAR(80) NOT NULL, 
	teaches BOOLEAN NOT NULL, 
	assesses BOOLEAN NOT NULL, 
	note VARCHAR, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_alignments PRIMARY KEY (slug), 
	CONSTRAINT fk_alignments_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug), 
	CONSTRAINT fk_alignments_module_modules FOREIGN KEY(module) REFERENCES modules (slug), 
	CONSTRAINT fk_alignments_skill_skills FOREIGN KEY(skill) REFERENCES skills (slug)
);
INSERT INTO "alignments" VALUES('alignments','data-badge','sql','modules',0,0,'learner''s',0);
CREATE TABLE "asked_about" (
	contact VARCHAR(80) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	asked_on DATE NOT NULL, 
	CONSTRAINT pk_asked_about PRIMARY KEY (contact, credential), 
	CONSTRAINT fk_asked_about_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug) ON DELETE CASCADE, 
	CONSTRAINT fk_asked_about_contact_contacts FOREIGN KEY(contact) REFERENCES contacts (slug) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "asked_about" VALUES('ann','data-badge','2026-03-02');
CREATE TABLE "askings" (
	id VARCHAR(32) NOT NULL, 
	recipient VARCHAR(64) NOT NULL, 
	survey VARCHAR(80) NOT NULL, 
	asked_on DATE NOT NULL, 
	CONSTRAINT pk_askings PRIMARY KEY (id), 
	CONSTRAINT fk_askings_survey_surveys FOREIGN KEY(survey) REFERENCES surveys (slug) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "askings" VALUES('22222222222222222222222222222222','4444444444444444444444444444444444444444444444444444444444444444','spring-2026','2026-03-02');
INSERT INTO "askings" VALUES('66666666666666666666666666666666','5555555555555555555555555555555555555555555555555555555555555555','spring-2026','2026-03-02');
CREATE TABLE audit_events (
	number INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor VARCHAR(80) NOT NULL, 
	action VARCHAR(40) NOT NULL, 
	about VARCHAR(300) NOT NULL, 
	details JSON NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_audit_events PRIMARY KEY (number)
);
INSERT INTO "audit_events" VALUES(1,'2026-03-01 08:00:00.000000','operator','account_made','account:acc00000000000000000000000000001','{}','0000000000000000000000000000000000000000000000000000000000000005');
CREATE TABLE blocks (
	instrument VARCHAR(80) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	part VARCHAR(20) NOT NULL, 
	people INTEGER NOT NULL, 
	data BLOB NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_blocks PRIMARY KEY (instrument, credential, part)
);
INSERT INTO "blocks" VALUES('learner','data-badge','blocks',1,X'0001FF','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd');
CREATE TABLE changes (
	number INTEGER NOT NULL, 
	entity VARCHAR(40) NOT NULL, 
	slug VARCHAR(80) NOT NULL, 
	"before" JSON, 
	"after" JSON, 
	was_sample BOOLEAN NOT NULL, 
	day DATE NOT NULL, 
	batch VARCHAR(32) NOT NULL, 
	"by" VARCHAR NOT NULL, 
	CONSTRAINT pk_changes PRIMARY KEY (number)
);
INSERT INTO "changes" VALUES(1,'skill','sql','null','{"slug":"sql","title":"SQL"}',0,'2026-03-01','ffffffffffffffffffffffffffffffff','');
CREATE TABLE comment_readings (
	response VARCHAR(32) NOT NULL, 
	question VARCHAR(80) NOT NULL, 
	credential VARCHAR(90) NOT NULL, 
	analyser VARCHAR(80) NOT NULL, 
	language VARCHAR(20), 
	vader FLOAT, 
	textblob FLOAT, 
	sentiment FLOAT, 
	topics JSON NOT NULL, 
	instrument VARCHAR(80) NOT NULL, 
	masked VARCHAR NOT NULL, 
	"order" INTEGER NOT NULL, 
	CONSTRAINT pk_comment_readings PRIMARY KEY (response, question, credential), 
	CONSTRAINT fk_comment_readings_response_responses FOREIGN KEY(response) REFERENCES responses ("key") ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "comment_readings" VALUES('80db153da88ac8873c9f46f99a7fedc7','change','data-badge','learner''s','learner''s',0.5,0.5,0.5,'[]','learner','learner''s',1);
CREATE TABLE conflicts (
	account VARCHAR(32) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	statement VARCHAR NOT NULL, 
	declared_on DATE NOT NULL, 
	ended_on DATE, 
	CONSTRAINT pk_conflicts PRIMARY KEY (account, credential), 
	CONSTRAINT fk_conflicts_account_accounts FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE, 
	CONSTRAINT fk_conflicts_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug) ON DELETE CASCADE
);
INSERT INTO "conflicts" VALUES('acc00000000000000000000000000001','data-badge','I teach it.','2026-03-02',NULL);
CREATE TABLE contacts (
	slug VARCHAR(80) NOT NULL, 
	organisation VARCHAR(80) NOT NULL, 
	name VARCHAR NOT NULL, 
	email VARCHAR, 
	role VARCHAR, 
	language VARCHAR, 
	consents JSON NOT NULL, 
	last_asked DATE, 
	note VARCHAR, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_contacts PRIMARY KEY (slug), 
	CONSTRAINT fk_contacts_organisation_organisations FOREIGN KEY(organisation) REFERENCES organisations (slug)
);
INSERT INTO "contacts" VALUES('ann','acme','Ann Example','ann@example.org','team-lead','en','{}',NULL,NULL,0);
CREATE TABLE corrections (
	response VARCHAR(32) NOT NULL, 
	question VARCHAR(80) NOT NULL, 
	credential VARCHAR(90) NOT NULL, 
	"by" VARCHAR(80) NOT NULL, 
	sentiment VARCHAR(3), 
	topics JSON NOT NULL, 
	absent JSON NOT NULL, 
	whole BOOLEAN NOT NULL, 
	at_random BOOLEAN NOT NULL, 
	said_on DATE NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_corrections PRIMARY KEY (response, question, credential, "by"), 
	CONSTRAINT fk_corrections_response_responses FOREIGN KEY(response) REFERENCES responses ("key") ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "corrections" VALUES('80db153da88ac8873c9f46f99a7fedc7','change','data-badge','lead@example.org','neg','[{"topic": "pace", "start": 0, "end": 4, "polarity": "neg"}]','["career"]',1,1,'2026-03-05',0);
CREATE TABLE credential_kinds (
	slug VARCHAR(80) NOT NULL, 
	name VARCHAR NOT NULL, 
	meaning VARCHAR NOT NULL, 
	names JSON NOT NULL, 
	meanings JSON NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_credential_kinds PRIMARY KEY (slug)
);
INSERT INTO "credential_kinds" VALUES('micro-credential','Micro-credential','Proof of a small, assessed piece of learning that stands on its own and may count towards something larger.','{"en":"Micro-credential","es":"Microcredencial","de":"Micro-Credential","ar":"شهادة مصغّرة"}','{"en":"Proof of a small, assessed piece of learning that stands on its own and may count towards something larger.","es":"Prueba de un aprendizaje breve y evaluado, con valor propio y que puede sumar a una titulación mayor.","de":"Nachweis einer kleinen, geprüften Lerneinheit, die für sich steht und auf Größeres angerechnet werden kann.","ar":"إثبات لتعلّم قصير مُقيَّم، له قيمة قائمة بذاتها ويمكن أن يُحتسب ضمن مؤهل أكبر."}',0);
INSERT INTO "credential_kinds" VALUES('badge','Badge','A sign of one achievement or of taking part, within the organisation that gives it.','{"en":"Badge","es":"Insignia","de":"Badge","ar":"شارة"}','{"en":"A sign of one achievement or of taking part, within the organisation that gives it.","es":"Señal de un logro o de una participación, dentro de la organización que la otorga.","de":"Zeichen für eine Leistung oder Teilnahme, innerhalb der Organisation, die es vergibt.","ar":"علامة على إنجاز واحد أو على المشاركة، داخل الجهة التي تمنحها."}',0);
INSERT INTO "credential_kinds" VALUES('bootcamp','Bootcamp','Weeks of intensive, practical training towards a job, usually full time and with projects.','{"en":"Bootcamp","es":"Bootcamp","de":"Bootcamp","ar":"معسكر تدريبي"}','{"en":"Weeks of intensive, practical training towards a job, usually full time and with projects.","es":"Semanas de formación intensiva y práctica para un empleo, casi siempre a tiempo completo y con proyectos.","de":"Wochen intensiver, praktischer Ausbildung für einen Beruf, meist in Vollzeit und mit Projekten.","ar":"أسابيع من التدريب العملي المكثّف لمهنة ما، غالبًا بدوام كامل ومع مشاريع."}',0);
INSERT INTO "credential_kinds" VALUES('professional-certificate','Professional certificate','A series of courses with tests that prepares for one occupation, often made with the trade.','{"en":"Professional certificate","es":"Certificado profesional","de":"Berufszertifikat","ar":"شهادة مهنية"}','{"en":"A series of courses with tests that prepares for one occupation, often made with the trade.","es":"Serie de cursos con pruebas que prepara para una ocupación, a menudo creada con el sector.","de":"Eine Folge von Kursen mit Prüfungen, die auf einen Beruf vorbereitet, oft mit der Branche entwickelt.","ar":"سلسلة دورات مع اختبارات تُعِدّ لمهنة واحدة، وغالبًا ما توضع بالتعاون مع القطاع."}',0);
INSERT INTO "credential_kinds" VALUES('nanodegree','Nanodegree','Some months of online study round projects that a person reviews, in one technical field.','{"en":"Nanodegree","es":"Nanogrado","de":"Nanodegree","ar":"درجة نانوية"}','{"en":"Some months of online study round projects that a person reviews, in one technical field.","es":"Unos meses de estudio en línea en torno a proyectos que revisa una persona, en un campo técnico.","de":"Einige Monate Onlinestudium rund um Projekte, die ein Mensch begutachtet, in einem Fachgebiet.","ar":"بضعة أشهر من الدراسة عبر الإنترنت حول مشاريع يراجعها مختص، في مجال تقني واحد."}',0);
INSERT INTO "credential_kinds" VALUES('competency-based-credential','Competency-based credential','Given for showing that one can do something, however and however long it was learned.','{"en":"Competency-based credential","es":"Credencial por competencias","de":"Kompetenznachweis","ar":"مؤهل قائم على الكفايات"}','{"en":"Given for showing that one can do something, however and however long it was learned.","es":"Se otorga por demostrar que se sabe hacer algo, sin importar cómo ni en cuánto tiempo se aprendió.","de":"Wird für gezeigtes Können vergeben, gleich wie und wie lange es gelernt wurde.","ar":"يُمنح لمن يُثبت قدرته على الأداء، أيًّا كانت طريقة التعلّم ومدّته."}',0);
INSERT INTO "credential_kinds" VALUES('open-badge','Open badge','A badge that carries who gave it, for what and on what evidence, in an open format anybody can check.','{"en":"Open badge","es":"Insignia abierta","de":"Open Badge","ar":"شارة مفتوحة"}','{"en":"A badge that carries who gave it, for what and on what evidence, in an open format anybody can check.","es":"Insignia que lleva dentro quién la dio, por qué y con qué pruebas, en un formato abierto y comprobable.","de":"Ein Badge, das in einem offenen, überprüfbaren Format enthält, wer es wofür und auf welchen Beleg hin gab.","ar":"شارة تحمل اسم مانحها وسببها ودليلها بصيغة مفتوحة يستطيع أي شخص التحقق منها."}',0);
INSERT INTO "credential_kinds" VALUES('mooc-certificate','MOOC certificate','A certificate for finishing an open online course that anybody may join, at their own pace or with a cohort.','{"en":"MOOC certificate","es":"Certificado de MOOC","de":"MOOC-Zertifikat","ar":"شهادة مساق مفتوح"}','{"en":"A certificate for finishing an open online course that anybody may join, at their own pace or with a cohort.","es":"Certificado por terminar un curso abierto en línea al que cualquiera puede unirse, a su ritmo o en grupo.","de":"Zertifikat für den Abschluss eines offenen Onlinekurses, dem jede Person beitreten kann, allein oder in einer Gruppe.","ar":"شهادة إتمام مساق مفتوح عبر الإنترنت يمكن لأي شخص الالتحاق به، بوتيرته الخاصة أو ضمن مجموعة."}',0);
CREATE TABLE credential_skills (
	credential VARCHAR(80) NOT NULL, 
	skill VARCHAR(80) NOT NULL, 
	position INTEGER NOT NULL, 
	CONSTRAINT pk_credential_skills PRIMARY KEY (credential, skill), 
	CONSTRAINT fk_credential_skills_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug) ON DELETE CASCADE, 
	CONSTRAINT fk_credential_skills_skill_skills FOREIGN KEY(skill) REFERENCES skills (slug)
);
INSERT INTO "credential_skills" VALUES('data-badge','sql',0);
CREATE TABLE "credentials" (
	slug VARCHAR(80) NOT NULL, 
	title VARCHAR NOT NULL, 
	kind VARCHAR(80) NOT NULL, 
	programme VARCHAR(80) NOT NULL, 
	issuer VARCHAR NOT NULL, 
	carriers JSON NOT NULL, 
	description VARCHAR NOT NULL, 
	level VARCHAR, 
	audience VARCHAR, 
	planned_weeks FLOAT, 
	hours FLOAT, 
	fee FLOAT, 
	currency VARCHAR, 
	languages JSON NOT NULL, 
	lifecycle VARCHAR NOT NULL, 
	sectors JSON NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	issuer_type VARCHAR, 
	backing_body VARCHAR, 
	for_working_people BOOLEAN, 
	weeks_reason VARCHAR, 
	intensity VARCHAR, 
	review_due DATE, 
	standard VARCHAR, 
	assessment VARCHAR, 
	project_component VARCHAR, 
	portfolio_evidence VARCHAR, 
	market_driven BOOLEAN, 
	verification_url VARCHAR, 
	signed VARCHAR, 
	licence VARCHAR, 
	rights VARCHAR, 
	regulation VARCHAR, 
	purpose_skill VARCHAR, 
	specialisation VARCHAR, 
	applied_evidence VARCHAR, 
	purpose_audience VARCHAR, 
	supplements JSON NOT NULL, 
	topics JSON NOT NULL, 
	occupations JSON NOT NULL, 
	stakeholders JSON NOT NULL, 
	CONSTRAINT pk_credentials PRIMARY KEY (slug), 
	CONSTRAINT fk_credentials_kind_credential_kinds FOREIGN KEY(kind) REFERENCES credential_kinds (slug), 
	CONSTRAINT fk_credentials_programme_programmes FOREIGN KEY(programme) REFERENCES programmes (slug)
);
INSERT INTO "credentials" VALUES('data-badge','Data badge','badge','data','Example College','["badge"]','What it is for.
In two lines.','5','working adults',6.0,40.5,NULL,NULL,'["en","ar"]','live','["manufacturing"]',0,NULL,NULL,0,NULL,NULL,'2026-03-02',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'[]','[]','[]','[]');
INSERT INTO "credentials" VALUES('joinery','Joinery, basics','bootcamp','craft','Example College','["badge"]','What it is for.
In two lines.','5','working adults',6.0,40.5,NULL,NULL,'["en","ar"]','live','["manufacturing"]',0,NULL,NULL,0,NULL,NULL,'2026-03-02',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'[]','[]','[]','[]');
CREATE TABLE decisions (
	id VARCHAR(32) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	day DATE NOT NULL, 
	outcome VARCHAR(40) NOT NULL, 
	words VARCHAR NOT NULL, 
	evidence JSON NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	present JSON NOT NULL, 
	apart JSON NOT NULL, 
	"by" VARCHAR(80) NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_decisions PRIMARY KEY (id), 
	CONSTRAINT fk_decisions_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug)
);
INSERT INTO "decisions" VALUES('dec00000000000000000000000000001','data-badge','2026-03-04','keep','Well made.','{}','0000000000000000000000000000000000000000000000000000000000000002','["ann"]','[]','acc00000000000000000000000000001',0);
CREATE TABLE drafts (
	id VARCHAR(32) NOT NULL, 
	survey VARCHAR(80) NOT NULL, 
	invitation VARCHAR(32), 
	saved_on DATE NOT NULL, 
	sealed BLOB NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (id), 
	CONSTRAINT fk_drafts_invitation_invitations FOREIGN KEY(invitation) REFERENCES invitations (id) ON DELETE CASCADE, 
	CONSTRAINT fk_drafts_survey_surveys FOREIGN KEY(survey) REFERENCES surveys (slug) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "drafts" VALUES('drafts','spring-2026','99999999999999999999999999999999','2026-03-02',X'0001FF');
CREATE TABLE endorsements (
	id VARCHAR(32) NOT NULL, 
	survey VARCHAR(80) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	organisation VARCHAR(80), 
	role VARCHAR(80), 
	answer VARCHAR(80) NOT NULL, 
	given_on DATE NOT NULL, 
	withdrawn_on DATE, 
	is_sample BOOLEAN NOT NULL, link VARCHAR(64), sent_on DATE, confirmed_on DATE, named_on DATE, 
	CONSTRAINT pk_endorsements PRIMARY KEY (id), 
	CONSTRAINT fk_endorsements_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug), 
	CONSTRAINT fk_endorsements_organisation_organisations FOREIGN KEY(organisation) REFERENCES organisations (slug), 
	CONSTRAINT fk_endorsements_survey_surveys FOREIGN KEY(survey) REFERENCES surveys (slug)
)
 WITHOUT ROWID

;
INSERT INTO "endorsements" VALUES('eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','spring-2026','data-badge','acme','team-lead','yes','2026-03-04',NULL,0,'c1d2e3f4c1d2e3f4c1d2e3f4c1d2e3f4c1d2e3f4c1d2e3f4c1d2e3f4c1d2e3f4','2026-03-06','2026-03-07','2026-03-07');
CREATE TABLE finished (
	finding VARCHAR(80) NOT NULL, 
	choice VARCHAR(400) NOT NULL, 
	version INTEGER NOT NULL, 
	document JSON NOT NULL, mark VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_finished PRIMARY KEY (finding, choice)
);
INSERT INTO "finished" VALUES('finished','finished',1,'{}','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
CREATE TABLE funnel (
	survey VARCHAR(80) NOT NULL, 
	language VARCHAR(20) NOT NULL, 
	mark VARCHAR(20) NOT NULL, 
	value INTEGER NOT NULL, 
	count INTEGER NOT NULL, 
	CONSTRAINT pk_funnel PRIMARY KEY (survey, language, mark, value), 
	CONSTRAINT fk_funnel_survey_surveys FOREIGN KEY(survey) REFERENCES surveys (slug) ON DELETE CASCADE
);
INSERT INTO "funnel" VALUES('spring-2026','funnel','funnel',1,1);
CREATE TABLE grants (
	account VARCHAR(32) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	scope VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_grants PRIMARY KEY (account, role, scope), 
	CONSTRAINT fk_grants_account_accounts FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE
);
INSERT INTO "grants" VALUES('acc00000000000000000000000000001','lead','');
CREATE TABLE holds (
	id VARCHAR(32) NOT NULL, 
	survey VARCHAR(80) NOT NULL, 
	reason VARCHAR NOT NULL, 
	"by" VARCHAR(80) NOT NULL, 
	set_on DATE NOT NULL, 
	lifted_on DATE, 
	CONSTRAINT pk_holds PRIMARY KEY (id), 
	CONSTRAINT fk_holds_survey_surveys FOREIGN KEY(survey) REFERENCES surveys (slug) ON DELETE CASCADE
);
INSERT INTO "holds" VALUES('hold0000000000000000000000000001','spring-2026','A complaint is heard.','acc00000000000000000000000000001','2026-03-02',NULL);
CREATE TABLE "imports" (
	id VARCHAR(32) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	file VARCHAR NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	rows INTEGER NOT NULL, 
	new_rows INTEGER NOT NULL, 
	imported_on DATE NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	waiting BOOLEAN NOT NULL, 
	undone_on DATE, 
	CONSTRAINT pk_imports PRIMARY KEY (id)
);
INSERT INTO "imports" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','responses','spring.csv','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd',1,1,'2026-03-09',0,0,NULL);
CREATE TABLE instrument_versions (
	instrument VARCHAR(80) NOT NULL, 
	version INTEGER NOT NULL, 
	source VARCHAR NOT NULL, 
	scales VARCHAR NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_instrument_versions PRIMARY KEY (instrument, version)
);
INSERT INTO "instrument_versions" VALUES('learner',1,'learner''s','learner''s','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd');
CREATE TABLE invitation_links (
	hash VARCHAR(64) NOT NULL, 
	invitation VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_invitation_links PRIMARY KEY (hash), 
	CONSTRAINT fk_invitation_links_invitation_invitations FOREIGN KEY(invitation) REFERENCES invitations (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "invitation_links" VALUES('8888888888888888888888888888888888888888888888888888888888888888','99999999999999999999999999999999');
CREATE TABLE invitations (
	id VARCHAR(32) NOT NULL, 
	survey VARCHAR(80) NOT NULL, 
	contact VARCHAR(80), 
	recipient VARCHAR(320) NOT NULL, 
	language VARCHAR(20) NOT NULL, 
	about JSON NOT NULL, 
	expires_on DATE, 
	revoked_on DATE, 
	used_on VARCHAR(10) NOT NULL, 
	asked INTEGER NOT NULL, 
	last_asked DATE, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_invitations PRIMARY KEY (id), 
	CONSTRAINT fk_invitations_contact_contacts FOREIGN KEY(contact) REFERENCES contacts (slug) ON DELETE SET NULL, 
	CONSTRAINT fk_invitations_survey_surveys FOREIGN KEY(survey) REFERENCES surveys (slug) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "invitations" VALUES('99999999999999999999999999999999','spring-2026','ann','ann@example.org','en','["data-badge"]',NULL,NULL,'',1,'2026-03-02',0);
CREATE TABLE jobs (
	id VARCHAR(32) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	subject VARCHAR(300) NOT NULL, 
	payload JSON NOT NULL, 
	priority INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	attempts INTEGER NOT NULL, 
	ready_at DATETIME NOT NULL, 
	worker VARCHAR(80), 
	lease_until DATETIME, 
	done INTEGER NOT NULL, 
	total INTEGER, 
	error VARCHAR NOT NULL, 
	CONSTRAINT pk_jobs PRIMARY KEY (id), 
	CONSTRAINT uq_jobs_kind_subject UNIQUE (kind, subject)
);
INSERT INTO "jobs" VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','publish','','{}',50,'ready',0,'2026-03-02 10:00:00.000000',NULL,NULL,0,NULL,'');
CREATE TABLE kept_addresses (
	id VARCHAR(32) NOT NULL, 
	purpose VARCHAR(20) NOT NULL, 
	address VARCHAR(320) NOT NULL, 
	language VARCHAR(20) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	due_on DATE NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_kept_addresses PRIMARY KEY (id), 
	CONSTRAINT fk_kept_addresses_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "kept_addresses" VALUES('kept_addresses','learner''s','learner''s','learner''s','data-badge','2026-03-02',0);
CREATE TABLE market_evidence (
	slug VARCHAR(80) NOT NULL, 
	skill VARCHAR(80), 
	topic VARCHAR, 
	measure VARCHAR NOT NULL, 
	value FLOAT NOT NULL, 
	unit VARCHAR, 
	"on" DATE NOT NULL, 
	source VARCHAR NOT NULL, 
	url VARCHAR, 
	region VARCHAR, 
	note VARCHAR, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_market_evidence PRIMARY KEY (slug), 
	CONSTRAINT fk_market_evidence_skill_skills FOREIGN KEY(skill) REFERENCES skills (slug)
);
INSERT INTO "market_evidence" VALUES('jobs-sql','sql',NULL,'job_adverts',1200.0,'adverts','2026-02-01','Example bureau',NULL,'DE',NULL,0);
CREATE TABLE meta (
	name VARCHAR(40) NOT NULL, 
	value INTEGER NOT NULL, 
	CONSTRAINT pk_meta PRIMARY KEY (name)
);
INSERT INTO "meta" VALUES('data_version',7);
CREATE TABLE moderation_notes (
	id VARCHAR(32) NOT NULL, 
	round VARCHAR(32) NOT NULL, 
	criterion VARCHAR(80) NOT NULL, 
	note VARCHAR NOT NULL, 
	"by" VARCHAR(80) NOT NULL, 
	made_on DATE NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_moderation_notes PRIMARY KEY (id), 
	CONSTRAINT fk_moderation_notes_round_review_rounds FOREIGN KEY(round) REFERENCES review_rounds (id) ON DELETE CASCADE
);
INSERT INTO "moderation_notes" VALUES('note0000000000000000000000000001','round000000000000000000000000001','clarity','Agreed.','acc00000000000000000000000000001','2026-03-03',0);
CREATE TABLE moderations (
	response VARCHAR(32) NOT NULL, 
	question VARCHAR(80) NOT NULL, 
	credential VARCHAR(90) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	reason VARCHAR(40) NOT NULL, 
	note VARCHAR NOT NULL, 
	masks JSON NOT NULL, 
	"by" VARCHAR(80) NOT NULL, 
	decided_on DATE NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_moderations PRIMARY KEY (response, question, credential), 
	CONSTRAINT fk_moderations_response_responses FOREIGN KEY(response) REFERENCES responses ("key") ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "moderations" VALUES('29f27b72a775a45f0a0e734953e1d382','change','data-badge','held','names','','[]','acc00000000000000000000000000001','2026-03-05',0);
CREATE TABLE modules (
	slug VARCHAR(80) NOT NULL, 
	programme VARCHAR(80) NOT NULL, 
	title VARCHAR NOT NULL, 
	description VARCHAR, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_modules PRIMARY KEY (slug), 
	CONSTRAINT fk_modules_programme_programmes FOREIGN KEY(programme) REFERENCES programmes (slug)
);
INSERT INTO "modules" VALUES('modules','data','learner''s','learner''s',0);
CREATE TABLE next_readings (
	response VARCHAR(32) NOT NULL, 
	question VARCHAR(80) NOT NULL, 
	credential VARCHAR(90) NOT NULL, 
	analyser VARCHAR(80) NOT NULL, 
	language VARCHAR(20), 
	vader FLOAT, 
	textblob FLOAT, 
	sentiment FLOAT, 
	topics JSON NOT NULL, 
	instrument VARCHAR(80) NOT NULL, 
	masked VARCHAR NOT NULL, 
	"order" INTEGER NOT NULL, 
	CONSTRAINT pk_next_readings PRIMARY KEY (response, question, credential), 
	CONSTRAINT fk_next_readings_response_responses FOREIGN KEY(response) REFERENCES responses ("key") ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "next_readings" VALUES('80db153da88ac8873c9f46f99a7fedc7','change','data-badge','5','de',NULL,NULL,0.4,'[]','learner','Sehr nützlich',7);
CREATE TABLE notices (
	survey VARCHAR(80) NOT NULL, 
	language VARCHAR(20) NOT NULL, 
	version INTEGER NOT NULL, 
	text JSON NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	since DATE NOT NULL, 
	CONSTRAINT pk_notices PRIMARY KEY (survey, language, version)
);
INSERT INTO "notices" VALUES('spring-2026','en',1,'{"what": "Answers, for six months."}','0000000000000000000000000000000000000000000000000000000000000001','2026-03-01');
CREATE TABLE occupations (
	slug VARCHAR(80) NOT NULL, 
	title VARCHAR NOT NULL, 
	scheme VARCHAR, 
	code VARCHAR, 
	uri VARCHAR, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_occupations PRIMARY KEY (slug)
);
INSERT INTO "occupations" VALUES('occupations','learner''s','learner''s','learner''s','learner''s',0);
CREATE TABLE "organisations" (
	slug VARCHAR(80) NOT NULL, 
	name VARCHAR NOT NULL, 
	sector VARCHAR, 
	size_band VARCHAR, 
	country VARCHAR, 
	name_key VARCHAR NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	type VARCHAR, 
	partner BOOLEAN, 
	note VARCHAR, 
	occupations JSON NOT NULL, 
	CONSTRAINT pk_organisations PRIMARY KEY (slug)
);
INSERT INTO "organisations" VALUES('acme','Acme & Söhne','manufacturing','50-249','DE','acme & söhne',0,NULL,1,NULL,'[]');
CREATE TABLE outbox (
	id VARCHAR(32) NOT NULL, 
	once VARCHAR(200) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	recipient VARCHAR(320) NOT NULL, 
	subject VARCHAR NOT NULL, 
	body VARCHAR NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	attempts INTEGER NOT NULL, 
	ready_at DATETIME NOT NULL, 
	sent_on DATE, 
	error VARCHAR NOT NULL, 
	CONSTRAINT pk_outbox PRIMARY KEY (id), 
	CONSTRAINT uq_outbox_once UNIQUE (once)
);
INSERT INTO "outbox" VALUES('cccccccccccccccccccccccccccccccc','reminder:1','reminder','ann@example.org','Three minutes?','A link.','waiting',0,'2026-03-02 10:00:00.000000',NULL,'');
CREATE TABLE pathways (
	slug VARCHAR(80) NOT NULL, 
	title VARCHAR NOT NULL, 
	programme VARCHAR(80) NOT NULL, 
	description VARCHAR, 
	steps JSON NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_pathways PRIMARY KEY (slug), 
	CONSTRAINT fk_pathways_programme_programmes FOREIGN KEY(programme) REFERENCES programmes (slug)
);
INSERT INTO "pathways" VALUES('into-data','Into data','data',NULL,'[]',0);
CREATE TABLE policies (
	slug VARCHAR(80) NOT NULL, 
	version INTEGER NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	area VARCHAR(40) NOT NULL, 
	title VARCHAR(300) NOT NULL, 
	text VARCHAR NOT NULL, 
	since DATE NOT NULL, 
	review_due DATE, 
	"by" VARCHAR(80) NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_policies PRIMARY KEY (slug, version)
);
INSERT INTO "policies" VALUES('retakes',1,'data-badge','assessment','Retakes','Once, within a year.','2026-03-01',NULL,'acc00000000000000000000000000001',0);
CREATE TABLE programmes (
	slug VARCHAR(80) NOT NULL, 
	title VARCHAR NOT NULL, 
	is_sample BOOLEAN NOT NULL, discipline VARCHAR, description VARCHAR, 
	CONSTRAINT pk_programmes PRIMARY KEY (slug)
);
INSERT INTO "programmes" VALUES('data','Data',0,NULL,NULL);
INSERT INTO "programmes" VALUES('craft','Craft''s own',0,NULL,NULL);
CREATE TABLE public_cards (
	credential VARCHAR(80) NOT NULL, 
	since DATE, 
	"by" VARCHAR(80) NOT NULL, 
	document JSON, 
	last JSON, 
	CONSTRAINT pk_public_cards PRIMARY KEY (credential), 
	CONSTRAINT fk_public_cards_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug) ON DELETE CASCADE
);
INSERT INTO "public_cards" VALUES('data-badge','2026-03-05','acc00000000000000000000000000001',NULL,NULL);
CREATE TABLE reader_models (
	kind VARCHAR(20) NOT NULL, 
	language VARCHAR(20) NOT NULL, 
	number INTEGER NOT NULL, 
	data BLOB NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	quality JSON NOT NULL, 
	learned_from INTEGER NOT NULL, 
	analyser VARCHAR(80) NOT NULL, 
	learned_on DATE NOT NULL, 
	in_use BOOLEAN NOT NULL, 
	CONSTRAINT pk_reader_models PRIMARY KEY (kind, language, number)
);
INSERT INTO "reader_models" VALUES('sentiment','en',1,X'6E756D62657273','f3c7807d475073ba009bf4801b2d934e9f0126cb96dd19a27dbffcae23a7f5a3','{"macro_f1": 0.7}',60,'4','2026-03-05',1);
CREATE TABLE "refusals" (
	recipient VARCHAR(64) NOT NULL, 
	refused_on DATE NOT NULL, 
	CONSTRAINT pk_refusals PRIMARY KEY (recipient)
)
 WITHOUT ROWID

;
INSERT INTO "refusals" VALUES('1111111111111111111111111111111111111111111111111111111111111111','2026-03-05');
INSERT INTO "refusals" VALUES('7777777777777777777777777777777777777777777777777777777777777777','2026-03-03');
CREATE TABLE releases (
	number INTEGER NOT NULL, 
	made_on DATE NOT NULL, 
	reason VARCHAR(20) NOT NULL, 
	units JSON NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_releases PRIMARY KEY (number)
);
INSERT INTO "releases" VALUES(1,'2026-03-02','learner''s','[]','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd');
CREATE TABLE response_flags (
	response VARCHAR(32) NOT NULL, 
	flag VARCHAR(20) NOT NULL, 
	CONSTRAINT pk_response_flags PRIMARY KEY (response, flag), 
	CONSTRAINT fk_response_flags_response_responses FOREIGN KEY(response) REFERENCES responses ("key") ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "response_flags" VALUES('80db153da88ac8873c9f46f99a7fedc7','response_flags');
CREATE TABLE responses (
	"key" VARCHAR(32) NOT NULL, 
	survey VARCHAR(80) NOT NULL, 
	instrument VARCHAR(80) NOT NULL, 
	version INTEGER NOT NULL, 
	language VARCHAR(20) NOT NULL, 
	month VARCHAR(7) NOT NULL, 
	about JSON NOT NULL, 
	answers JSON NOT NULL, 
	organisation VARCHAR(80), 
	role VARCHAR(80), 
	receipt_hash VARCHAR(64), 
	is_sample BOOLEAN NOT NULL, batch VARCHAR(32), notice INTEGER, 
	CONSTRAINT pk_responses PRIMARY KEY ("key"), 
	CONSTRAINT fk_responses_organisation_organisations FOREIGN KEY(organisation) REFERENCES organisations (slug), 
	CONSTRAINT fk_responses_survey_surveys FOREIGN KEY(survey) REFERENCES surveys (slug), 
	CONSTRAINT uq_responses_receipt_hash UNIQUE (receipt_hash)
)
 WITHOUT ROWID

;
INSERT INTO "responses" VALUES('29f27b72a775a45f0a0e734953e1d382','spring-2026','learner',1,'en','2026-03','["data-badge"]','{"worth":5,"change":"Weeks 3 and 4 were too short; the labs weren''t."}','acme','team-lead','2ff7bfd051a83885b0cc22bad40bd739c684894a72388b20df2284a7922dadb7',0,NULL,NULL);
INSERT INTO "responses" VALUES('6902e0f51742cf49ae4788058a8ce1fe','spring-2026','learner',1,'en','2026-03','["data-badge"]','{"worth":3,"change":"She said \"more SQL\", twice"}',NULL,NULL,'e834572f77bbb05af6b6b8be53f211d3d01ead073a0d377d1edcf9334633e244',0,'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',NULL);
INSERT INTO "responses" VALUES('80db153da88ac8873c9f46f99a7fedc7','spring-2026','learner',1,'en','2026-03','["data-badge"]','{"worth":2,"change":"Weeks 3 and 4 were too short; the labs weren''t."}',NULL,NULL,'9b3219c675f919a2d9d65e6dfdd6accc9bd31804ab0ae1d1ef1ac03a8bb1b61e',0,NULL,NULL);
INSERT INTO "responses" VALUES('d58de549b1af014110039b9d1d5daa81','spring-2026','learner',1,'ar','2026-03','["data-badge"]','{"worth":4,"change":"مفيد جدًا 🙂"}',NULL,NULL,'421ba4c7ef14d788d63ec2e1a18f800362afd5705f78dd5d5b189d83b5927a24',0,NULL,NULL);
CREATE TABLE review_rounds (
	id VARCHAR(32) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	stage VARCHAR(20) NOT NULL, 
	due_on DATE NOT NULL, 
	survey VARCHAR(80), 
	reviewers JSON NOT NULL, 
	opened_on DATE, 
	closed_on DATE, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_review_rounds PRIMARY KEY (id), 
	CONSTRAINT fk_review_rounds_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug), 
	CONSTRAINT fk_review_rounds_survey_surveys FOREIGN KEY(survey) REFERENCES surveys (slug) ON DELETE SET NULL
);
INSERT INTO "review_rounds" VALUES('round000000000000000000000000001','data-badge','first','2026-06-01','spring-2026','["ra"]','2026-03-02',NULL,0);
CREATE TABLE reviewers (
	slug VARCHAR(80) NOT NULL, 
	name VARCHAR NOT NULL, 
	email VARCHAR, 
	affiliation VARCHAR, 
	fields JSON NOT NULL, 
	independence VARCHAR, 
	independence_on DATE, 
	active BOOLEAN NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_reviewers PRIMARY KEY (slug)
);
INSERT INTO "reviewers" VALUES('bea','Bea Example','bea@example.org',NULL,'["data"]',NULL,NULL,1,0);
CREATE TABLE "runs" (
	slug VARCHAR(80) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	label VARCHAR NOT NULL, 
	starts DATE, 
	ends DATE, 
	delivery VARCHAR NOT NULL, 
	beta BOOLEAN NOT NULL, 
	planned_weeks FLOAT, 
	actual_weeks FLOAT, 
	enrolled INTEGER, 
	started INTEGER, 
	completed INTEGER, 
	passed INTEGER, 
	is_sample BOOLEAN NOT NULL, 
	weeks_reason VARCHAR, 
	views INTEGER, 
	enquiries INTEGER, 
	waiting_list INTEGER, 
	badges_issued INTEGER, 
	badges_claimed INTEGER, 
	badges_shared INTEGER, 
	test_results JSON NOT NULL, 
	CONSTRAINT pk_runs PRIMARY KEY (slug), 
	CONSTRAINT fk_runs_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug)
);
INSERT INTO "runs" VALUES('data-badge-2026','data-badge','Spring 2026','2026-01-12','2026-02-28','online',0,6.0,7.5,30,28,22,20,0,NULL,1,1,1,1,1,1,'{}');
CREATE TABLE sessions (
	hash VARCHAR(64) NOT NULL, 
	account VARCHAR(32) NOT NULL, 
	how VARCHAR(20) NOT NULL, 
	begun DATETIME NOT NULL, 
	ends DATETIME NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (hash), 
	CONSTRAINT fk_sessions_account_accounts FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "sessions" VALUES('0000000000000000000000000000000000000000000000000000000000000003','acc00000000000000000000000000001','password','2026-03-04 08:00:00.000000','2026-03-04 20:00:00.000000');
CREATE TABLE sign_in_links (
	hash VARCHAR(64) NOT NULL, 
	account VARCHAR(32) NOT NULL, 
	purpose VARCHAR(20) NOT NULL, 
	ends DATETIME NOT NULL, 
	CONSTRAINT pk_sign_in_links PRIMARY KEY (hash), 
	CONSTRAINT fk_sign_in_links_account_accounts FOREIGN KEY(account) REFERENCES accounts (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "sign_in_links" VALUES('0000000000000000000000000000000000000000000000000000000000000004','acc00000000000000000000000000001','choose','2026-03-07 08:00:00.000000');
CREATE TABLE "skills" (
	slug VARCHAR(80) NOT NULL, 
	title VARCHAR NOT NULL, 
	uri VARCHAR, 
	is_sample BOOLEAN NOT NULL, 
	competency VARCHAR, 
	description VARCHAR, 
	valid_from DATE, 
	review_due DATE, 
	alternatives JSON NOT NULL, 
	CONSTRAINT pk_skills PRIMARY KEY (slug)
);
INSERT INTO "skills" VALUES('sql','SQL','https://example.org/skills/sql',0,NULL,NULL,'2026-03-02','2026-03-02','[]');
CREATE TABLE stacks (
	slug VARCHAR(80) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	target_kind VARCHAR NOT NULL, 
	target VARCHAR NOT NULL, 
	note VARCHAR, 
	target_credential VARCHAR(80), 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_stacks PRIMARY KEY (slug), 
	CONSTRAINT fk_stacks_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug), 
	CONSTRAINT fk_stacks_target_credential_credentials FOREIGN KEY(target_credential) REFERENCES credentials (slug)
);
INSERT INTO "stacks" VALUES('badge-to-joinery','data-badge','credential','joinery',NULL,'joinery',0);
CREATE TABLE survey_targets (
	survey VARCHAR(80) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	position INTEGER NOT NULL, 
	CONSTRAINT pk_survey_targets PRIMARY KEY (survey, credential), 
	CONSTRAINT fk_survey_targets_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug), 
	CONSTRAINT fk_survey_targets_survey_surveys FOREIGN KEY(survey) REFERENCES surveys (slug) ON DELETE CASCADE
);
INSERT INTO "survey_targets" VALUES('spring-2026','data-badge',0);
CREATE TABLE "surveys" (
	slug VARCHAR(80) NOT NULL, 
	instrument VARCHAR(80) NOT NULL, 
	version INTEGER NOT NULL, 
	mode VARCHAR(20) NOT NULL, 
	languages JSON NOT NULL, 
	opens DATETIME NOT NULL, 
	closes DATETIME, 
	zone VARCHAR(64) NOT NULL, 
	run VARCHAR(80), 
	is_sample BOOLEAN NOT NULL, 
	local_questions JSON NOT NULL, 
	CONSTRAINT pk_surveys PRIMARY KEY (slug), 
	CONSTRAINT fk_surveys_run_runs FOREIGN KEY(run) REFERENCES runs (slug)
);
INSERT INTO "surveys" VALUES('spring-2026','learner',1,'link','["en","ar"]','2026-03-01 08:00:00.000000','2026-03-31 21:59:00.000000','Europe/Berlin','data-badge-2026',0,'[]');
CREATE TABLE tellings (
	action VARCHAR(32) NOT NULL, 
	words JSON NOT NULL, 
	found JSON NOT NULL, 
	earlier JSON NOT NULL, 
	effect JSON, 
	write_from DATE, 
	written_on DATE, 
	"by" VARCHAR(80) NOT NULL, 
	CONSTRAINT pk_tellings PRIMARY KEY (action), 
	CONSTRAINT fk_tellings_action_actions FOREIGN KEY(action) REFERENCES actions (id) ON DELETE CASCADE
);
INSERT INTO "tellings" VALUES('act00000000000000000000000000001','{"learners": {"en": "You said it went too fast."}}','{}','[]',NULL,NULL,NULL,'acc00000000000000000000000000001');
CREATE TABLE terms (
	survey VARCHAR(80) NOT NULL, 
	comments_months INTEGER NOT NULL, 
	answers_months INTEGER, 
	set_on DATE NOT NULL, 
	"by" VARCHAR(80) NOT NULL, 
	CONSTRAINT pk_terms PRIMARY KEY (survey)
);
INSERT INTO "terms" VALUES('spring-2026',12,NULL,'2026-03-01','acc00000000000000000000000000001');
CREATE TABLE topics (
	id VARCHAR(60) NOT NULL, 
	names JSON NOT NULL, 
	seeds JSON NOT NULL, 
	exclusions JSON NOT NULL, 
	audiences JSON NOT NULL, 
	retired_on DATE, 
	"by" VARCHAR(80) NOT NULL, 
	set_on DATE NOT NULL, 
	CONSTRAINT pk_topics PRIMARY KEY (id)
);
INSERT INTO "topics" VALUES('canteen','{"en": "Canteen"}','{"en": ["canteen", "lunch"]}','{}','["learner"]',NULL,'lead@example.org','2026-03-05');
CREATE TABLE waiting (
	instrument VARCHAR(80) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	response VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_waiting PRIMARY KEY (instrument, credential, response), 
	CONSTRAINT fk_waiting_response_responses FOREIGN KEY(response) REFERENCES responses ("key") ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "waiting" VALUES('learner','data-badge','29f27b72a775a45f0a0e734953e1d382');
CREATE INDEX ix_credential_skills_skill ON credential_skills (skill);
CREATE INDEX ix_endorsements_credential ON endorsements (credential);
CREATE INDEX ix_endorsements_organisation ON endorsements (organisation);
CREATE INDEX ix_endorsements_survey ON endorsements (survey);
CREATE INDEX ix_responses_organisation ON responses (organisation);
CREATE INDEX ix_responses_survey ON responses (survey);
CREATE INDEX ix_survey_targets_credential ON survey_targets (credential);
CREATE INDEX ix_waiting_response ON waiting (response);
CREATE INDEX ix_jobs_state_ready_at ON jobs (state, ready_at);
CREATE INDEX ix_outbox_state ON outbox (state);
CREATE INDEX ix_surveys_run ON surveys (run);
CREATE INDEX ix_imports_digest ON imports (digest);
CREATE INDEX ix_responses_batch ON responses (batch);
CREATE INDEX ix_comment_readings_credential_order ON comment_readings (credential, "order");
CREATE INDEX ix_changes_batch ON changes (batch);
CREATE INDEX ix_changes_entity_slug ON changes (entity, slug);
CREATE INDEX ix_contacts_organisation ON contacts (organisation);
CREATE INDEX ix_market_evidence_skill ON market_evidence (skill);
CREATE INDEX ix_modules_programme ON modules (programme);
CREATE INDEX ix_pathways_programme ON pathways (programme);
CREATE INDEX ix_alignments_credential ON alignments (credential);
CREATE INDEX ix_alignments_module ON alignments (module);
CREATE INDEX ix_alignments_skill ON alignments (skill);
CREATE INDEX ix_stacks_credential ON stacks (credential);
CREATE INDEX ix_stacks_target_credential ON stacks (target_credential);
CREATE INDEX ix_credentials_programme ON credentials (programme);
CREATE INDEX ix_runs_credential ON runs (credential);
CREATE INDEX ix_kept_addresses_credential ON kept_addresses (credential);
CREATE INDEX ix_invitations_contact ON invitations (contact);
CREATE INDEX ix_invitations_survey ON invitations (survey);
CREATE INDEX ix_drafts_invitation ON drafts (invitation);
CREATE INDEX ix_drafts_survey ON drafts (survey);
CREATE INDEX ix_invitation_links_invitation ON invitation_links (invitation);
CREATE INDEX ix_organisations_name_key ON organisations (name_key);
CREATE INDEX ix_askings_recipient ON askings (recipient);
CREATE INDEX ix_askings_survey ON askings (survey);
CREATE INDEX ix_audit_events_actor ON audit_events (actor);
CREATE INDEX ix_policies_credential ON policies (credential);
CREATE INDEX ix_sessions_account ON sessions (account);
CREATE INDEX ix_sign_in_links_account ON sign_in_links (account);
CREATE INDEX ix_decisions_credential ON decisions (credential);
CREATE INDEX ix_holds_survey ON holds (survey);
CREATE INDEX ix_review_rounds_credential ON review_rounds (credential);
CREATE INDEX ix_review_rounds_survey ON review_rounds (survey);
CREATE INDEX ix_moderation_notes_round_criterion ON moderation_notes (round, criterion);
CREATE INDEX ix_moderations_state ON moderations (state);
CREATE UNIQUE INDEX ix_endorsements_link ON endorsements (link);
CREATE INDEX ix_actions_credential ON actions (credential);
CREATE INDEX ix_actions_owner ON actions (owner);
CREATE INDEX ix_actions_state ON actions (state);
COMMIT;

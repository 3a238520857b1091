BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
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
	CONSTRAINT pk_comment_readings PRIMARY KEY (response, question, credential), 
	CONSTRAINT fk_comment_readings_response_responses FOREIGN KEY(response) REFERENCES responses ("key") ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "comment_readings" VALUES('80db153da88ac8873c9f46f99a7fedc7','change','data-badge','learner''s','learner''s',0.5,0.5,0.5,'[]');
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
CREATE TABLE credentials (
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
	CONSTRAINT pk_credentials PRIMARY KEY (slug), 
	CONSTRAINT fk_credentials_kind_credential_kinds FOREIGN KEY(kind) REFERENCES credential_kinds (slug), 
	CONSTRAINT fk_credentials_programme_programmes FOREIGN KEY(programme) REFERENCES programmes (slug)
);
INSERT INTO "credentials" VALUES('data-badge','Data badge','badge','data','Example College','["badge"]','What it is for.
In two lines.','5','working adults',6.0,40.5,NULL,NULL,'["en","ar"]','live','["manufacturing"]',0);
INSERT INTO "credentials" VALUES('joinery','Joinery, basics','bootcamp','craft','Example College','["badge"]','What it is for.
In two lines.','5','working adults',6.0,40.5,NULL,NULL,'["en","ar"]','live','["manufacturing"]',0);
CREATE TABLE endorsements (
	id VARCHAR(32) NOT NULL, 
	survey VARCHAR(80) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	organisation VARCHAR(80), 
	role VARCHAR(80), 
	answer VARCHAR(80) NOT NULL, 
	given_on DATE NOT NULL, 
	withdrawn_on DATE, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_endorsements PRIMARY KEY (id), 
	CONSTRAINT fk_endorsements_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug), 
	CONSTRAINT fk_endorsements_organisation_organisations FOREIGN KEY(organisation) REFERENCES organisations (slug), 
	CONSTRAINT fk_endorsements_survey_surveys FOREIGN KEY(survey) REFERENCES surveys (slug)
)
 WITHOUT ROWID

;
INSERT INTO "endorsements" VALUES('eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','spring-2026','data-badge','acme','team-lead','yes','2026-03-04',NULL,0);
CREATE TABLE imports (
	id VARCHAR(32) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	file VARCHAR NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	rows INTEGER NOT NULL, 
	new_rows INTEGER NOT NULL, 
	imported_on DATE NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_imports PRIMARY KEY (id)
);
INSERT INTO "imports" VALUES('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','responses','spring.csv','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd',1,1,'2026-03-09',0);
CREATE TABLE meta (
	name VARCHAR(40) NOT NULL, 
	value INTEGER NOT NULL, 
	CONSTRAINT pk_meta PRIMARY KEY (name)
);
INSERT INTO "meta" VALUES('data_version',7);
CREATE TABLE organisations (
	slug VARCHAR(80) NOT NULL, 
	name VARCHAR NOT NULL, 
	sector VARCHAR, 
	size_band VARCHAR, 
	country VARCHAR, 
	name_key VARCHAR NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_organisations PRIMARY KEY (slug)
);
INSERT INTO "organisations" VALUES('acme','Acme & Söhne','manufacturing','50-249','DE','acme & söhne',0);
CREATE TABLE programmes (
	slug VARCHAR(80) NOT NULL, 
	title VARCHAR NOT NULL, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_programmes PRIMARY KEY (slug)
);
INSERT INTO "programmes" VALUES('data','Data',0);
INSERT INTO "programmes" VALUES('craft','Craft''s own',0);
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
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_responses PRIMARY KEY ("key"), 
	CONSTRAINT fk_responses_organisation_organisations FOREIGN KEY(organisation) REFERENCES organisations (slug), 
	CONSTRAINT fk_responses_survey_surveys FOREIGN KEY(survey) REFERENCES surveys (slug), 
	CONSTRAINT uq_responses_receipt_hash UNIQUE (receipt_hash)
)
 WITHOUT ROWID

;
INSERT INTO "responses" VALUES('29f27b72a775a45f0a0e734953e1d382','spring-2026','learner',1,'en','2026-03','["data-badge"]','{"worth":5,"change":"Weeks 3 and 4 were too short; the labs weren''t."}','acme','team-lead','2ff7bfd051a83885b0cc22bad40bd739c684894a72388b20df2284a7922dadb7',0);
INSERT INTO "responses" VALUES('6902e0f51742cf49ae4788058a8ce1fe','spring-2026','learner',1,'en','2026-03','["data-badge"]','{"worth":3,"change":"She said \"more SQL\", twice"}',NULL,NULL,'e834572f77bbb05af6b6b8be53f211d3d01ead073a0d377d1edcf9334633e244',0);
INSERT INTO "responses" VALUES('80db153da88ac8873c9f46f99a7fedc7','spring-2026','learner',1,'en','2026-03','["data-badge"]','{"worth":2,"change":"Weeks 3 and 4 were too short; the labs weren''t."}',NULL,NULL,'9b3219c675f919a2d9d65e6dfdd6accc9bd31804ab0ae1d1ef1ac03a8bb1b61e',0);
INSERT INTO "responses" VALUES('d58de549b1af014110039b9d1d5daa81','spring-2026','learner',1,'ar','2026-03','["data-badge"]','{"worth":4,"change":"مفيد جدًا 🙂"}',NULL,NULL,'421ba4c7ef14d788d63ec2e1a18f800362afd5705f78dd5d5b189d83b5927a24',0);
CREATE TABLE runs (
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
	CONSTRAINT pk_runs PRIMARY KEY (slug), 
	CONSTRAINT fk_runs_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug)
);
INSERT INTO "runs" VALUES('data-badge-2026','data-badge','Spring 2026','2026-01-12','2026-02-28','online',0,6.0,7.5,30,28,22,20,0);
CREATE TABLE skills (
	slug VARCHAR(80) NOT NULL, 
	title VARCHAR NOT NULL, 
	uri VARCHAR, 
	is_sample BOOLEAN NOT NULL, 
	CONSTRAINT pk_skills PRIMARY KEY (slug)
);
INSERT INTO "skills" VALUES('sql','SQL','https://example.org/skills/sql',0);
CREATE TABLE survey_targets (
	survey VARCHAR(80) NOT NULL, 
	credential VARCHAR(80) NOT NULL, 
	position INTEGER NOT NULL, 
	CONSTRAINT pk_survey_targets PRIMARY KEY (survey, credential), 
	CONSTRAINT fk_survey_targets_credential_credentials FOREIGN KEY(credential) REFERENCES credentials (slug), 
	CONSTRAINT fk_survey_targets_survey_surveys FOREIGN KEY(survey) REFERENCES surveys (slug) ON DELETE CASCADE
);
INSERT INTO "survey_targets" VALUES('spring-2026','data-badge',0);
CREATE TABLE surveys (
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
	CONSTRAINT pk_surveys PRIMARY KEY (slug), 
	CONSTRAINT fk_surveys_run_runs FOREIGN KEY(run) REFERENCES runs (slug)
);
INSERT INTO "surveys" VALUES('spring-2026','learner',1,'link','["en","ar"]','2026-03-01 08:00:00.000000','2026-03-31 21:59:00.000000','Europe/Berlin','data-badge-2026',0);
CREATE INDEX ix_imports_digest ON imports (digest);
CREATE INDEX ix_organisations_name_key ON organisations (name_key);
CREATE INDEX ix_credentials_programme ON credentials (programme);
CREATE INDEX ix_credential_skills_skill ON credential_skills (skill);
CREATE INDEX ix_runs_credential ON runs (credential);
CREATE INDEX ix_surveys_run ON surveys (run);
CREATE INDEX ix_endorsements_credential ON endorsements (credential);
CREATE INDEX ix_endorsements_organisation ON endorsements (organisation);
CREATE INDEX ix_endorsements_survey ON endorsements (survey);
CREATE INDEX ix_responses_organisation ON responses (organisation);
CREATE INDEX ix_responses_survey ON responses (survey);
CREATE INDEX ix_survey_targets_credential ON survey_targets (credential);
COMMIT;

"""Names that columns have in registers people keep and programs export, for each meaning the strongest first.

English, German, Spanish, French, Italian, Portuguese, Dutch, Polish, Russian, Chinese (both scripts), Japanese;
ERPNext's Issue, Warranty Claim and Maintenance Visit, Frappe Helpdesk, Odoo, RepairShopr and RepairDesk.
Entries are separated by | and compared as :func:`words.fold` gives them. A name that one language's
registers use for several things (Tipo, Date, Description) stands late, after the ones that say more.
"""

NAMES = {
	"Id": "repair no|repair number|repair id|repair reference|job no|job number|job id|ticket no|ticket id"
	"|ticket number|ticket ids sequence|call no|call id|call number|case no|case number|case id|work order"
	"|order no|order id|docket|record id|register no|reference no|reference|ref|job|ticket|case|id|no|number|nr"
	"|auftragsnummer|auftragsnr|auftrag nr|auftrag|reparaturnummer|reparatur nr|rep nr|vorgangsnummer|vorgang|belegnummer"
	"|beleg nr|scheinnummer|lfd nr|nummer"
	"|no de ficha|numero de ficha|ficha|no de orden|numero de orden|orden|orden de servicio|orden de trabajo|folio"
	"|no de servicio|numero de servicio|vale|no de vale|numero de vale|boleta|no|numero|num|codigo"
	"|numero de dossier|dossier|no de dossier|bon|fiche|riferimento|numero pratica|pratica|scheda|ordine"
	"|numero da os|os|ordem de servico|n os|protocolo|reparatienummer|volgnummer|bonnummer|numer zlecenia|zlecenie|nr zlecenia"
	"|lp|номер заявки|номер заказа|заказ наряд|номер|№|维修单号|维修编号|工单号|服务单号|单号|编号|序号|凭证号|流水号"
	"|維修單號|維修編號|工單號|服務單號|單號|編號|流水號|受付番号|修理番号|伝票番号|番号|管理番号",
	"Received at": "received at|received on|date received|received|in date|date in|intake date|booked in|opening date"
	"|opened at|opened on|opened|call date|complaint date|issue date|event date|maintenance date|reported at|reported on"
	"|reported|created date|date created|created at|created on|created|creation|date"
	"|eingangsdatum|eingang|eingegangen am|eingegangen|annahmedatum|annahme|angenommen am|meldedatum|gemeldet am|auftragsdatum"
	"|erstellt am|datum"
	"|fecha de recepcion|fecha recepcion|fecha de ingreso|fecha ingreso|fecha de entrada|fecha entrada|recibido el"
	"|fecha de llamada|fecha de reporte|fecha de solicitud|ingreso|fecha"
	"|date de reception|date d entree|date d arrivee|recu le|cree le|data ricezione|data ingresso|data di ingresso|data apertura"
	"|ricevuto il|data de entrada|data entrada|data de recebimento|data abertura|data|ontvangen op|ontvangstdatum|datum ontvangst"
	"|data przyjecia|data zgloszenia|przyjeto|дата приема|дата приёма|дата поступления|дата обращения|принят|дата"
	"|接修日期|受理日期|接收日期|收件日期|报修日期|报修时间|登记日期|来电时间|接单日期|日期|时间"
	"|收件日期|受理日期|報修日期|報修時間|登記日期|接收日期|時間|受付日|受付日時|受付日付|依頼日|日付",
	"Time Received": "time received|received time|opening time|call time|maintenance time|time in"
	"|eingangszeit|uhrzeit|annahmezeit|hora de recepcion|hora de ingreso|hora de llamada|hora|heure|ora|godzina|время"
	"|受理时间|接修时间|收件時間|受付時刻|時刻",
	"Fault as Told": "fault as told|reported fault|fault reported|fault description|problem description|fault|complaint"
	"|problem|device issue|customer complaint|issue|symptom|problem type|issue description|description|details"
	"|fehlerbeschreibung|fehler|storung|defekt|beanstandung|reklamation|kundenangabe|problembeschreibung|mangel|beschreibung"
	"|falla reportada|averia reportada|falla|averia|fallo|problema|sintoma|descripcion de la falla|descripcion del problema"
	"|motivo|reclamo|queja|descripcion"
	"|panne|probleme|defaut|description de la panne|symptome|guasto|difetto|difetto segnalato|descrizione guasto|descrizione"
	"|defeito|defeito reclamado|defeito relatado|problema relatado|descricao|klacht|storing|probleem|omschrijving"
	"|usterka|opis usterki|opis|неисправность|описание неисправности|проблема|жалоба|описание"
	"|故障描述|故障现象|故障|报修内容|问题描述|问题|客户描述|故障情况|故障現象|報修內容|問題描述|問題|客戶描述"
	"|故障内容|症状|不具合|依頼内容",
	"Subject": "subject|summary|short description|headline|title|betreff|kurzbeschreibung|asunto|resumen|titulo|objet|sujet"
	"|oggetto|assunto|onderwerp|temat|тема|主题|标题|主題|標題|件名",
	"Outcome": "outcome|repair status|repair result|repair outcome|result|ergebnis|reparaturergebnis|resultado"
	"|resultado de la reparacion|resultat|esito|risultato|resultaat|wynik|результат|维修结果|处理结果|结果|維修結果|處理結果|結果|修理結果",
	"Status": "status|call status|job status|ticket status|completion status|stage|state"
	"|stand|bearbeitungsstand|zustand|estado|estatus|situacion|etat|statut|stato|situacao|stan|статус|состояние"
	"|状态|维修状态|工单状态|进度|狀態|維修狀態|進度|状況|ステータス",
	"Resolved at": "resolved at|resolved on|resolution date|date repaired|repaired at|repaired on|repair date|resolved"
	"|repariert am|reparaturdatum|gelost am|fecha de reparacion|fecha reparacion|reparado el|date de reparation|repare le"
	"|data riparazione|data do reparo|data do conserto|data naprawy|дата ремонта|维修日期|修复日期|完成维修日期|維修日期|修復日期|修理日|修理完了日",
	"Closed at": "closed at|closed on|date closed|close date|closing date|date out|out date|completed at|completed on"
	"|completion date|date finished|delivered on|delivery date|returned on|collected on|pick up date|closed|completed|finished"
	"|returned|collected|delivered"
	"|abgeschlossen am|erledigt am|ausgangsdatum|ausgang|abholdatum|abgeholt am|ausgeliefert am|ruckgabe|ruckgabedatum|fertig am"
	"|fecha de entrega|fecha entrega|fecha de salida|fecha salida|fecha de cierre|fecha cierre|entregado el|fecha de retiro"
	"|date de sortie|date de cloture|date de livraison|rendu le|data consegna|data chiusura|data uscita|data de saida|data saida"
	"|data de entrega|data conclusao|afgehaald op|datum gereed|data wydania|data zakonczenia|дата выдачи|дата закрытия"
	"|дата завершения|完成日期|取件日期|交付日期|结案日期|关闭日期|完工日期|取件時間|結案日期|關閉日期|完工日期|完了日|返却日|納品日",
	"Resolution": "resolution details|resolution|solution|work done|work done purposes|action taken|action|remedy"
	"|repair done|repair notes|repair|losung|durchgefuhrte arbeiten|arbeiten|arbeit|massnahme|reparatur|leistung"
	"|solucion|trabajo realizado|trabajos realizados|reparacion realizada|reparacion|accion|travaux effectues|travaux|reparation"
	"|lavoro eseguito|intervento|riparazione|soluzione|servico executado|servico realizado|solucao|conserto|oplossing"
	"|werkzaamheden|wykonane czynnosci|naprawa|выполненные работы|решение|работы|ремонт"
	"|处理措施|维修内容|解决方案|处理方法|维修措施|處理措施|維修內容|解決方案|處理方式|修理内容|対応内容|処置",
	"Diagnosis": "diagnosis|findings|fault found|cause|inspection|diagnose|befund|ursache|diagnostico|causa|hallazgos"
	"|diagnostic|cause de la panne|diagnosi|causa del guasto|diagnoza|диагностика|диагноз|причина"
	"|诊断|检测结果|故障原因|检查结果|診斷|檢測結果|故障原因|診断|原因",
	"Why not Repairable": "why not repairable|repair barrier if end of life|repair barrier|reason not repaired"
	"|reason not repairable|barrier|grund nicht reparierbar|motivo de no reparacion|无法维修原因|無法維修原因|修理不可理由",
	"Channel": "channel|intake channel|source|contact channel|via|mode of communication|kanal|meldeweg|eingangskanal"
	"|canal|medio|via de contacto|canale|kanaal|канал|источник|来源|渠道|报修方式|來源|渠道|受付方法|受付経路",
	"Customer": "customer|client|customer name|client name|customer id|company name|customer business|account|owner"
	"|kunde|kundenname|auftraggeber|firma|kundennummer|cliente|nombre del cliente|nombre cliente|empresa|razon social"
	"|client nom|nom du client|nom client|societe|nome cliente|ragione sociale|nome do cliente|klant|klantnaam|klient"
	"|nazwa klienta|клиент|заказчик|имя клиента|客户|客户名称|客户姓名|单位名称|用户|客戶|客戶名稱|客戶姓名|顧客|顧客名|お客様名|得意先",
	"Contact": "contact|contact name|contact person|caller|raised by|ansprechpartner|kontakt|anrufer|melder|contacto"
	"|persona de contacto|nombre de contacto|interlocuteur|contatto|referente|contato|contactpersoon|osoba kontaktowa"
	"|контактное лицо|联系人|联系人姓名|聯絡人|聯繫人|担当者|連絡先担当者",
	"Phone": "phone|phone no|phone number|telephone|telephone number|tel|mobile|mobile no|cell|contact phone|contact no"
	"|contact mobile|customer phone|telefon|telefonnummer|rufnummer|handy|mobil|telefono|tel|celular|movil|no de telefono"
	"|numero de telefono|telephone client|portable|cellulare|telefone|telemovel|telefoon|telefoonnummer|nr telefonu|телефон"
	"|номер телефона|电话|联系电话|手机|手机号|手机号码|電話|聯絡電話|手機|電話番号|携帯",
	"E-mail": "email|e mail|email address|contact email|customer email|raised by email|mail|e mail adresse|mailadresse"
	"|correo|correo electronico|e mail cliente|courriel|adresse e mail|posta elettronica|адрес почты|эл почта|почта"
	"|邮箱|电子邮件|电子邮箱|郵箱|電子郵件|メール|メールアドレス",
	"Brand": "brand|make|maker|manufacturer|device brand|marke|hersteller|fabrikat|marca|fabricante|marque|fabricant"
	"|produttore|merk|marka|producent|марка|бренд|производитель|品牌|厂家|制造商|廠牌|品牌名稱|メーカー|ブランド",
	"Model": "model|model no|model number|model name|device model|item name|type no|type|modell|gerätetyp|typ|typenbezeichnung"
	"|modelo|no de modelo|tipo|modele|modello|модель|型号|机型|产品型号|型號|機型|產品型號|型番|機種|モデル",
	"Serial Number": "serial no|serial number|serial|serial no purposes|lot serial number|lot serial|imei serial|imei"
	"|serial text|asset serial|sn|s n|seriennummer|serien nr|seriennr|geratenummer|fabriknummer|maschinennummer"
	"|numero de serie|no de serie|serie|n serie|num serie|no serie|numero di serie|matricola|n de serie|serienummer"
	"|numer seryjny|nr seryjny|серийный номер|серийный|заводской номер|序列号|机身号|产品编号|出厂编号|机器编号"
	"|序號|序列號|機身號|機號|產品序號|製造番号|シリアル番号|シリアル",
	"Product Group": "product group|product category|item group|category|device type|product type|equipment type"
	"|appliance|device|group|produktgruppe|warengruppe|gerateart|gerat|artikelgruppe|kategorie|equipo|tipo de equipo"
	"|categoria|aparato|categorie|appareil|type d appareil|tipo prodotto|apparecchio|aparelho|equipamento|apparaat|kategoria"
	"|urzadzenie|rodzaj urzadzenia|категория|тип устройства|устройство|产品类别|产品类型|设备类型|类别|產品類別|設備類型|類別|製品分類|品目",
	"Product Description": "product description|product|item|item code|item code purposes|partner product category"
	"|equipment|appliance description|asset name|produkt|artikel|geratebezeichnung|bezeichnung|producto|articulo"
	"|descripcion del equipo|produit|article|prodotto|articolo|produto|produkt nazwa|изделие|товар|产品|产品名称|设备|设备名称"
	"|產品|產品名稱|設備|設備名稱|品名|商品名|製品名",
	"Year of Manufacture": "year of manufacture|year made|production year|manufactured|year|baujahr|herstellungsjahr"
	"|ano de fabricacion|ano fabricacion|annee de fabrication|anno di produzione|ano de fabricacao|bouwjaar|rok produkcji"
	"|год выпуска|год|生产年份|出厂年份|制造年份|製造年份|製造年|年式",
	"Purchased on": "purchased on|purchase date|date of purchase|purchased|bought on|bought|sold on|sale date|kaufdatum"
	"|gekauft am|verkaufsdatum|fecha de compra|fecha compra|date d achat|data di acquisto|data acquisto|data de compra"
	"|data da compra|aankoopdatum|data zakupu|дата покупки|дата продажи|购买日期|购机日期|销售日期|購買日期|銷售日期|購入日",
	"Warranty until": "warranty until|warranty end|warranty expiry date|warranty expiry|warranty expires|guarantee until"
	"|warranty|garantie bis|garantieende|gewahrleistung bis|garantia hasta|fin de garantia|vencimiento de garantia|garantia"
	"|fin de garantie|garanzia fino al|scadenza garanzia|garantia ate|garantie tot|gwarancja do|гарантия до|保修期至|保修到期|质保到期"
	"|保固期限|保固到期|保証期限",
	"Place": "place|location|site|branch|shop|group identifier|town|city|ort|standort|filiale|lugar|ubicacion|sucursal|ciudad"
	"|lieu|ville|agence|luogo|citta|sede|local|cidade|plaats|miejsce|miasto|место|город|地点|城市|网点|地點|城市|據點|場所|店舗",
	"Country": "country|land|pais|pays|paese|kraj|страна|国家|國家|国",
}
